"""What the demo says of its results."""

import pytest
from flowsift.testbed.scoreboard import report

DROPPED = {"window_start": "2025-01-06T08:00:00", "antecedent": None, "dropped_flow_count": 1}


RULE = {
    "window_start": "2025-01-06T08:00:00", "antecedent": "dst_port=53", "consequent": "service=dns",
    "support": 0.5, "confidence": 1.0, "lift": 2.0, "leverage": 0.25,
}  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "flow_rules: none\n"),
        ([DROPPED], "flow_rules: none, but something was dropped\n"),
        ([DROPPED, RULE], "flow_rules: 1 rules; at 08:00 above all dst_port=53 => service=dns"),
    ],
)
def test_a_row_without_a_rule_is_no_rule_and_not_hidden(rules, said, tmp_path, capsys):
    (tmp_path / "truth.jsonl").touch()
    report(tmp_path / "truth.jsonl", lambda sink: rules if sink == "flow_rules" else [])
    assert said in capsys.readouterr().out
