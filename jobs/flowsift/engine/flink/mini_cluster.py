"""One mini-cluster for many short jobs, each of which would take longer to start its own than to run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flowsift.catalog.library import Library
from flowsift.engine.flink.api import blamed_on
from flowsift.engine.flink.jvm import jvm, prepare_java
from flowsift.engine.job import Run, wait
from flowsift.engine.submit import local_settings, run
from flowsift.scratch import scratch_folder

if TYPE_CHECKING:
    from pyflink.common import JobClient

_POLL_S = 0.02
# Its slots divide the managed memory.
_MEMORY = {"taskmanager.memory.managed.size": f"{256 * (os.cpu_count() or 1)}m"}


@contextmanager
def mini_cluster() -> Iterator[Callable[..., None]]:
    """Start a mini-cluster in this process's JVM; yields a function that does there what `engine.submit.run` does.

    Functions of Python run in this process, as those of a job with a mini-cluster of its own do.
    """
    from pyflink.common import Configuration
    from pyflink.fn_execution.beam.beam_worker_pool_service import BeamFnLoopbackWorkerPoolServicer

    prepare_java()
    flink = jvm().org.apache.flink.runtime.minicluster
    with scratch_folder() as scratch:
        configuration = Configuration()
        for key, value in {**local_settings(scratch), "rest.bind-port": "0", **_MEMORY}.items():
            configuration.set_string(key, value)
        builder = flink.MiniClusterConfiguration.Builder().setConfiguration(configuration._j_configuration)
        cluster = flink.MiniCluster(builder.setNumSlotsPerTaskManager(os.cpu_count() or 1).build())
        try:
            with blamed_on("the mini-cluster did not start"):
                cluster.start()
                port = cluster.getRestAddress().get().getPort()
            place = {
                "execution.target": "remote",
                "rest.address": "127.0.0.1",
                "rest.port": str(port),
                "python.loopback-server.address": BeamFnLoopbackWorkerPoolServicer().configure(configuration).start(),
            }

            def run_there(request: Run, settings: dict[str, str], *, library: Library | None = None) -> None:
                run(request, {**settings, **place}, library=library, watching=_wait_at_once)

            yield run_there
        finally:
            cluster.close()


def _wait_at_once(job: JobClient, _rest: str) -> None:
    """Wait for a job; Flink's own client asks after ever longer pauses, up to two seconds."""
    with blamed_on("the job failed"):
        while not job.get_job_status().result().is_globally_terminal_state():
            time.sleep(_POLL_S)
    wait(job)
