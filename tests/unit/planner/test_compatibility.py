"""What a savepoint holds beside what a job needs."""

from flowsift.engine.flink.operator_ids import StatefulOperator
from flowsift.planner import compatibility


def test_what_is_kept_and_lost_and_new():
    saved = {"records_in of flows": 1, "Over() 1": 20, "Sink Committer: old: sink": 3}
    there = {
        "records_in of flows": ["old", "added"],
        "Over() 2": ["old"],
        "old: sink": ["old"],
        "added: sink": ["added"],
    }
    comparison = compatibility.compare(saved, [StatefulOperator(uid, sinks) for uid, sinks in there.items()])
    assert comparison.kept == {"records_in of flows": 1, "Sink Committer: old: sink": 3}
    assert comparison.lost == {"Over() 1": 20}
    assert [operator.uid for operator in comparison.new] == ["Over() 2", "added: sink"]
    assert comparison.begin_again == ["old"]
