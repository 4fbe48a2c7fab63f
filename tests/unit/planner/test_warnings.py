"""Rules about state and Python functions, over steps as Flink's plans have them."""

import pytest
from flowsift.planner import plan
from flowsift.planner.warnings import concerns

from tests.support.queries import BOTH


# What no query above is planned as: it needs other settings or a broker.
@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("ChangelogNormalize(key=[addr])", "this keeps a row for every addr, for ever"),
        ("SortLimit(orderBy=[n ASC], offset=[0], fetch=[3], strategy=[RetractStrategy])", "this keeps every row"),
        ("SortLimit(orderBy=[n ASC], offset=[0], fetch=[3], strategy=[AppendFastStrategy])", None),
        ("GroupAggregate(select=[COUNT(DISTINCT a) AS n])", "this keeps every value of COUNT(DISTINCT a), for ever"),
        ("GroupAggregate(select=[MIN_RETRACT(a) AS n])", "this keeps every value of MIN(a), for ever"),
        ("GroupAggregate(select=[COUNT(*) AS n, MAX(a) AS m])", None),
        ("GlobalGroupAggregate(groupBy=[a], select=[a, COUNT(count1$0) AS n])", "this keeps a row for every a,"),
        (
            "IncrementalGroupAggregate(finalAggGrouping=[], select=[COUNT(distinct$0 count$0)])",
            "this keeps every value of COUNT(count$0), for ever",
        ),
        ("MultiJoin(commonJoinKey=[a], joinTypes=[INNER, INNER])", BOTH),
        ("PythonGroupWindowAggregate(window=[TumblingGroupWindow('w$)], select=[f(a) AS n])", "the Python function f"),
    ],
)  # fmt: skip
def test_a_step_of_other_plans(step, message):
    text = f"== Abstract Syntax Tree ==\n\n== Optimized Physical Plan ==\n{step}\n+- DropUpdateBefore\n   +- Scan(a)\n"
    found = [concern.message for concern in concerns(plan.parse(text)[0])]
    assert [text[: len(message)] for text in found] == [message] if message else not found
