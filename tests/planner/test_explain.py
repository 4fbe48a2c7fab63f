"""What explain shows of an analysis."""

from flowsift.catalog.library import Library
from flowsift.planner.explain import explain, flinks_plan


def test_explain_shows_what_is_read_and_kept_and_written():
    shown = explain(Library(), Library().all("analysis")["host_anomalies"])
    for words in (
        "sums for every src_addr, until the window has closed",
        "rows for every src_addr, for 30 minutes",
        "z_scores: ",
        "score DOUBLE",
        "--set Z_THRESHOLD=3: ",
    ):
        assert words in shown
    assert "a row for every entity_type, entity, for ever" in explain(
        Library(), Library().all("analysis")["traffic_totals"]
    )


def test_an_analysis_pays_for_no_derived_column_of_flows_that_it_does_not_use():
    def matches_addresses(analysis):
        optimized = flinks_plan(Library(), Library().all("analysis")[analysis]).split("== Optimized Physical Plan ==")[
            1
        ]
        return "in_networks(src_addr" in optimized

    assert matches_addresses("beacons") and not matches_addresses("traffic_per_10s")
