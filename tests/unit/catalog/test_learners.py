"""A learner that a header names and that is not there, found without a JVM."""

import pytest
from flowsift.catalog.file import SqlFile
from flowsift.catalog.lint import faults

TEXT = "-- What is learned.\n-- learner: {}\nCREATE VIEW learned AS\nSELECT 1 AS one\n"


@pytest.mark.parametrize(
    ("learner", "message"),
    [
        ("udfs.host_cluster.learner", "udfs.host_cluster cannot be imported: ModuleNotFoundError"),
        ("udfs.learners.host_clusters.learners", "has no function learners; did you mean learner?"),
        ("udfs.learners.host_clusters.step", "udfs.learners.host_clusters.step is no Learner"),
    ],
)
def test_a_learner_that_is_none_is_named_where_it_stands(tmp_path, learner, message):
    path = tmp_path / "rollups" / "learned.sql"
    [problem] = faults(SqlFile(path, TEXT.format(learner), tmp_path))
    assert message in problem.message
    assert (problem.line, problem.column) == (2, 13)


def test_a_learner_that_is_there_is_no_fault(tmp_path):
    assert (
        faults(
            SqlFile(tmp_path / "rollups" / "learned.sql", TEXT.format("udfs.learners.host_clusters.learner"), tmp_path)
        )
        == []
    )


def test_a_column_of_a_type_that_learners_do_not_have(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(
        "from udfs.learners.learner import Learner\n"
        "columns = (('host', 'STRING'), ('seen', 'TIMESTAMP'))\n"
        "learner = Learner('mine', 'nothing', 1, print, dict, dict, columns)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    [problem] = faults(SqlFile(tmp_path / "rollups" / "learned.sql", TEXT.format("mine.learner"), tmp_path))
    assert problem.message == "mine.learner has columns of other types than STRING, BIGINT, DOUBLE: seen TIMESTAMP"
