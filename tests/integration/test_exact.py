"""Every statistic against DuckDB over the same records: generated traffic, and real Zeek logs."""

import statistics
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flowsift.testbed.generate import KINDS, Recipe, to_file
from flowsift.testbed.incidents import Incident

from tests.support import reference_rules
from tests.support.exact import QUERIES, compare
from tests.support.reference import judge, table
from udfs.forecast import series_rows

LIMITS = {"octets": 1e6, "packets": 1e3, "flows": 100.0, "destinations": 50.0}
MINUTE, NOTHING = timedelta(minutes=1), [0] * 4
PORT = ("protocol", "dst_port", "service")


BOUNDS = ("forecast", "lower_bound", "upper_bound")
_SERIES = """
    WITH octets AS (
      SELECT 'all' AS entity_type, 'all' AS entity, * FROM rates UNION ALL
      SELECT 'protocol', protocol, * FROM rates UNION ALL
      SELECT 'service', service, * FROM rates WHERE service IS NOT NULL
    )
    SELECT entity_type, entity, minute, sum(octets)::BIGINT
    FROM octets GROUP BY ALL ORDER BY ALL
"""


def anomalies(database):
    """z-scores by Python's statistics over sums by DuckDB: (minute, source, metric, method) and score."""
    series = defaultdict(dict)
    for src, minute, *values in database.execute(
        """
        SELECT src_addr, epoch(minute)::BIGINT // 60, sum(octets_out)::BIGINT, sum(packets_out)::BIGINT,
          sum(flow_count)::BIGINT, count(DISTINCT dst_addr) FILTER (WHERE flow_count > 0)
        FROM rates GROUP BY ALL
        """
    ).fetchall():
        series[src][minute] = values
    scores = {}
    for src, minutes in series.items():
        for now in sorted({minute + step for minute in minutes for step in (0, 1)}):
            known = [m for m in range(now - 30, now + 1) if m in minutes or m - 1 in minutes]
            history = range(known[0], now)
            if len(history) < 10:
                continue
            for i, (metric, floor) in enumerate(LIMITS.items()):
                past = [minutes.get(m, [0] * 4)[i] for m in history]
                x = minutes.get(now, [0] * 4)[i]
                median = statistics.median(past)
                deviation = statistics.median(abs(p - median) for p in past) / 0.6745
                for method, threshold, centre, scale in (
                    ("z", 3.0, statistics.mean(past), max(statistics.stdev(past), 1.0)),
                    ("robust", 3.5, median, max(deviation, floor / 3.5)),
                ):
                    if abs(x - centre) >= floor and abs(x - centre) > threshold * scale:
                        scores[now * 60, src, metric, method] = (x - centre) / scale
    return scores


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> tuple[Path, list[Incident]]:
    path = tmp_path_factory.mktemp("generated") / "flows.jsonl"
    recipe = Recipe(duration_s=3_600, rate=20.0, hosts=80, plants=KINDS, malformed=0.002, seed=11)
    return path, to_file(recipe, path, lambda lines, time_ms: None)


def check_ledger(sink, received, accepted, late, dead):
    [row] = sink("ledger")
    assert (row["received"], row["accepted"], row["late"], row["dead"]) == (received, len(accepted), late, dead)
    assert len(sink("late_flows")) == late
    assert len(sink("dead_letters")) == dead


def test_generated_traffic_is_counted_exactly(generated, run_files, tmp_path):
    path, truth = generated
    lines = path.read_text().splitlines()
    accepted, late, dead = judge(lines, delay_s=15)
    assert late > 5 and dead > 50
    sink = run_files(path, FORECAST_MINUTES="1", WATERMARK_DELAY_SECONDS="15", WATERMARK_RECORDS="1")
    check_ledger(sink, len(lines), accepted, late, dead)
    database = table(accepted, tmp_path)
    compare(database, sink)
    compare_forecasts(database, sink("traffic_forecasts"), sink("forecast_errors"))
    found = reference_rules.as_found(sink("flow_rules"), "metric", "antecedent", "consequent")
    compare_rules(reference_rules.flow_rules(database), found)
    assert {row["dropped_flow_count"] for row in sink("flow_rules")} == {0}
    found = reference_rules.as_found(sink("service_rules"), "antecedent", "consequent")
    compare_rules(reference_rules.service_rules(database), found)
    compare_explanations(database, sink("anomaly_explanations"), sink("host_anomalies"))
    check_that_incidents_are_explained(truth, sink("anomaly_explanations"))
    expected = anomalies(database)
    found = {
        (
            int(datetime.fromisoformat(r["window_start"] + "+00:00").timestamp()),
            r["entity"],
            r["metric"],
            r["method"],
        ): r["score"]
        for r in sink("host_anomalies")
    }
    assert expected and found.keys() == expected.keys()
    for key, score in expected.items():
        assert found[key] == pytest.approx(score, rel=1e-9)


def compare_rules(expected, found):
    assert expected and found.keys() == expected.keys()
    for key, measures in expected.items():
        for name in ("support", "confidence", "lift", "leverage"):
            assert found[key][name] == pytest.approx(measures[name], abs=1e-12), (key, name)
        if found[key]["conviction"] is None:
            assert measures["conviction"] == float("inf")
        else:
            assert found[key]["conviction"] == pytest.approx(measures["conviction"], rel=1e-6)
        either = measures["antecedent support"] + measures["consequent support"] - measures["support"]
        assert found[key]["p_a_or_b"] == pytest.approx(either)


def compare_explanations(database, rows, anomalies):
    """What each part has, had and makes of the difference, over the minutes of the past within the anomaly's bounds."""
    bounds = {}
    for row in sorted(anomalies, key=lambda row: row["method"]):  # of both methods z counts: it comes first
        bounds[departure(row)] = row["lower_bound"], row["upper_bound"]
    assert rows and {departure(row) for row in rows} <= bounds.keys()
    for row in (row for row in rows if not row["kinds_full"]):
        metric, now = list(LIMITS).index(row["metric"]), datetime.fromisoformat(row["window_start"])
        total, part = minutes_sent(database, row["entity"]), minutes_sent(database, row["entity"], row)
        known = [m for m in (now - timedelta(minutes=i) for i in range(30, -1, -1)) if {m, m - MINUTE} & total.keys()]
        history = [known[0] + MINUTE * i for i in range((now - known[0]) // MINUTE)]
        lower, upper = bounds[departure(row)]
        typical = [m for m in history if lower <= total.get(m, NOTHING)[metric] <= upper] or history
        weights = {m: max(n / least for n, least in zip(values, LIMITS.values())) for m, values in part.items()}
        counted = [m for m in typical if weights.get(m, 0) >= 0.1]
        expected = sum(part[m][metric] for m in counted) / len(typical)
        observed = part.get(now, NOTHING)[metric]
        assert (row["observed"], row["expected"]) == (observed, pytest.approx(expected)), row
        usual = sum(total.get(m, NOTHING)[metric] for m in typical) / len(typical)
        difference = total.get(now, NOTHING)[metric] - usual
        assert row["difference_share"] == pytest.approx((observed - expected) / difference), row


def compare_forecasts(database, forecasts, errors):
    """Each forecast made again from sums by DuckDB, and scored again with what came, where series are few."""
    series = defaultdict(dict)
    for entity_type, entity, minute, octets in database.execute(_SERIES).fetchall():
        series[entity_type, entity][minute] = octets
    found = defaultdict(list)
    for row in forecasts:
        found[row["entity_type"], row["entity"], row["made_at"]].append(row)
    made_again = {}
    for key, values in series.items():
        for i, minute in enumerate(values):
            known = {each: octets for each, octets in values.items() if each <= minute}
            numbers = [(each - min(known)) // MINUTE for each in known]
            made = series_rows(numbers, list(known.values()), 12, 1440, 0.9) if i >= 15 else None
            rows = sorted(found.pop((*key, (minute + MINUTE).isoformat()), []), key=lambda row: row["steps_ahead"])
            assert [row["steps_ahead"] for row in rows] == [row[0] for row in made or []]
            for row, (steps_ahead, *expected, naive_error) in zip(rows, made or []):
                assert [row[name] for name in BOUNDS] == pytest.approx(expected, rel=1e-6)
                came = minute + MINUTE * steps_ahead
                assert row["window_start"] == came.isoformat()
                made_again[(*key, came.isoformat(), steps_ahead)] = (expected, naive_error, values.get(came))
    assert made_again and not {key for key in found if key[0] not in ("src_addr", "dst_addr")}
    scored = {key: made for key, made in made_again.items() if made[2] is not None}
    found = {
        tuple(row[name] for name in ("entity_type", "entity", "window_start", "steps_ahead")): row for row in errors
    }
    assert scored.keys() == {key for key in found if key[0] not in ("src_addr", "dst_addr")}
    for key, ((forecast, lower, upper), naive_error, came) in scored.items():
        row = found[key]
        assert (row["observed"], row["is_within"]) == (came, lower <= came <= upper)
        assert row["scaled_error"] == pytest.approx(abs(forecast - came) / naive_error, rel=1e-6)
    for steps_ahead in (1, 12):
        of_all = sorted(key for key in scored if key[0] == "all" and key[3] == steps_ahead)
        assert found[of_all[-1]]["coverage"] == pytest.approx(
            statistics.mean(found[key]["is_within"] for key in of_all)
        )


def departure(row):
    return row["window_start"], row["entity"], row["metric"]


def minutes_sent(database, src_addr, part=None):
    """Octets, packets, flows and destinations by minute, of all that a source sent or of this part of it."""
    names = [*["dst_addr"] * bool(part["dst_addr"]), *PORT * bool(part["protocol"])] if part else []
    names += ["conn_state"] * bool(part and (part["conn_state"] or len(names) == 4))
    conditions = "".join(f" AND {name} IS NOT DISTINCT FROM ${name}" for name in names)
    found = database.execute(
        f"""
        SELECT minute, sum(octets_out)::BIGINT, sum(packets_out)::BIGINT, sum(flow_count)::BIGINT,
          count(DISTINCT dst_addr) FILTER (WHERE flow_count > 0)
        FROM rates WHERE src_addr = $src_addr{conditions} GROUP BY ALL
        """,
        {"src_addr": src_addr} | {name: part[name] for name in names},
    )
    return {minute: values for minute, *values in found.fetchall()}


def check_that_incidents_are_explained(truth, rows):
    """Each planted incident that is flagged is explained by its port or peer first."""
    explained = set()
    for row in rows:
        start_ms = datetime.fromisoformat(row["window_start"] + "+00:00").timestamp() * 1_000
        for incident in truth:
            is_during = incident.start_ms <= start_ms and start_ms + 60_000 <= incident.end_ms
            if row["entity"] == incident.entity and is_during and row["rank"] == 1 and row["direction"] == "spike":
                planted = {("dst_addr", incident.peer), ("dst_port", incident.dst_port)} - {("dst_port", None)}
                assert planted & row.items(), (incident, row)
                explained.add(incident.kind)
    assert explained >= {"spike", "port_scan", "host_sweep", "flood", "exfiltration"}


@pytest.mark.parametrize("log", ["ctu_008", "ctu_010", "nmap_002"])
def test_real_zeek_logs_are_counted_exactly(log, zeek, run_files, tmp_path):
    path = zeek / f"{log}.conn.ndjson"
    lines = path.read_text().splitlines()
    accepted, late, dead = judge(lines, delay_s=300)
    sink = run_files(path, *QUERIES, source="zeek_conn", WATERMARK_RECORDS="1")
    check_ledger(sink, len(lines), accepted, late, dead)
    compare(table(accepted, tmp_path), sink)
