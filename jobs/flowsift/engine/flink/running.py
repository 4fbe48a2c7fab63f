"""A job that was submitted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowsift.engine.flink.errors import blamed_on

if TYPE_CHECKING:
    from pyflink.common import JobClient

_POLL_S = 0.02


@dataclass(frozen=True)
class RunningJob:
    """A job that was submitted, and the address of the REST interface that knows it, where one is known."""

    _client: JobClient
    rest: str = ""

    @property
    def id(self) -> str:
        return str(self._client.get_job_id())

    def wait(self) -> None:
        """Wait until it has ended; raises UserError if it fails."""
        with blamed_on("the job failed"):
            self._client.get_job_execution_result().result()

    def wait_closely(self) -> None:
        """As `wait`, but ask all the time; Flink's client asks after ever longer pauses, up to two seconds."""
        with blamed_on("the job failed"):
            while not self._client.get_job_status().result().is_globally_terminal_state():
                time.sleep(_POLL_S)
        self.wait()
