"""An analysis told in words."""

from flowsift.catalog.library import Library
from flowsift.planner.explain import explain


def test_an_analysis_is_told_in_words():
    told = explain(Library(), Library().all("analysis")["octet_anomalies"])
    for words in (
        "1. adds up fixed windows of 1 minute of each src_addr; keeps sums until the window has closed",
        "looks back over the last 30 minutes of each src_addr; keeps its rows for as long",
        "calls the Python function z_scores",
        "score DOUBLE",
        "--set Z_THRESHOLD=3: standard deviations from the mean",
    ):
        assert words in told
    assert "running total of each protocol" in explain(Library(), Library().all("analysis")["traffic_totals"])
