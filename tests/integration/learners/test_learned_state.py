"""Jobs that begin from a savepoint which an older release has written."""

import pytest
from flowsift.engine.flink.running import RunningJob
from flowsift.engine.settings import local_settings
from flowsift.errors import UserError

from tests.golden.learned import CLIENTS, LEARNERS, SAVEPOINT_V1, SERVERS, WINDOW_MS, WINDOWS, answers_in, start

# What the savepoint's learners have learned from.
LAST_WINDOW = 8


def going_on(learners, folder):
    """(learner, row) of the windows after those in the savepoint of version 1."""
    settings = local_settings(folder) | {
        "execution.state-recovery.path": SAVEPOINT_V1.as_uri(),
        # Flink's own operators may have other ids in a later Flink.
        "execution.state-recovery.ignore-unclaimed-state": "true",
        "restart-strategy.type": "none",
    }
    RunningJob(start(learners, settings, folder / "answers")).wait()
    return answers_in(folder / "answers")


def test_what_was_learned_by_state_of_version_1_is_still_there(tmp_path):
    answers = going_on(LEARNERS, tmp_path)
    clusters = [row for name, row in answers if name == "host_clusters"]
    # A job that begins with nothing says nothing before its sixth window.
    assert min(row["window_end_ms"] for row in clusters) == (LAST_WINDOW + 1) * WINDOW_MS
    ids = dict.fromkeys(CLIENTS, 1) | dict.fromkeys(SERVERS, 2)
    assert {(row["host"], row["cluster_id"]) for row in clusters} == set(ids.items())
    unusual = [row for _, row in answers if row.get("kind") == "unusual"]
    assert [(row["host"], row["window_end_ms"]) for row in unusual] == [("10.0.0.1", WINDOWS * WINDOW_MS)]


def test_a_savepoint_that_cannot_be_read_is_refused_in_one_line(tmp_path):
    clusters, behaviour = LEARNERS
    with pytest.raises(UserError) as refused:
        going_on((clusters, behaviour._replace(version=3, oldest=2)), tmp_path)
    assert str(refused.value) == (
        "the job failed: the saved state of behaviour cannot be read: it is of version 1, and this release reads "
        "version 2 to 3; to go on without it, and lose what is usual for hosts, add --set UNREADABLE_STATE=forget"
    )
