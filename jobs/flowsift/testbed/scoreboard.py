"""What analyses found of incidents that were planted, and what else they have to tell, for people to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.table import Table

_MINUTE_MS = 60_000
_SESSION_GAP_MS = 10 * _MINUTE_MS  # when the session is known to have ended
_SLOWEST_MOVE_MS = 30 * _MINUTE_MS  # for which a host's new behaviour is remembered
_WIDTH = 110


def report(truth_path: Path, sink: Callable[[str], list[dict]], console: Console | None = None) -> None:
    """Print a table of what was planted and which analysis found it when."""
    console = console or Console(width=max(Console().width, _WIDTH))
    truth = [json.loads(line) for line in truth_path.read_text(encoding="utf-8").splitlines()]
    found = {name: sink(name) for name in SHOWN}
    table = Table("planted", "by", "from", "found by", "as", "after", title="Planted and found")
    for incident in truth:
        hits = _hits(incident, found)
        begin = _clock(incident["start_ms"])
        if not hits:
            table.add_row(incident["kind"], incident["entity"], begin, "[red]not found", "", "")
        for i, (analysis, first_ms, how) in enumerate(hits):
            delay = f"{(first_ms - incident['start_ms']) / 1_000:.0f} s"
            what = (incident["kind"], incident["entity"], begin) if i == 0 else ("", "", "")
            table.add_row(*what, analysis, how, delay)
    console.print(table)
    for analysis in ("flow_rules", "service_rules"):
        console.print(_strongest(analysis, found[analysis]))
    console.print(_clusters(found["host_clusters"], found["cluster_changes"]))
    console.print(_predicted(found["next_services"]))
    console.print(_forecast(found["traffic_forecasts"], found["forecast_errors"], found["capacity_warnings"]))
    alarms = found["host_anomalies"]
    planted = [row for row in alarms if any(_during(row, incident) for incident in truth)]
    console.print(
        f"host_anomalies: {len(alarms)} rows, {len(planted)} of them on planted incidents, the others false alarms. "
        "After: from the start of the incident."
    )


Found = dict[str, list[dict]]
Hit = tuple[int, str]  # end of the first window that shows an incident, and how


def _hits(incident: dict, found: Found) -> list[tuple[str, int, str]]:
    """(analysis, end of the first window that shows it, how), one an analysis."""
    hits = ((analysis, find(incident, found[analysis])) for analysis, find in _FINDERS.items())
    return [(analysis, *hit) for analysis, hit in hits if hit]


def _as_anomaly(incident: dict, rows: list[dict]) -> Hit | None:
    alarms = [row for row in rows if _during(row, incident)]
    how = sorted({f"{row['metric']} {row['direction']}" for row in alarms})
    return (min(_ms(row["window_end"]) for row in alarms), ", ".join(how)) if alarms else None


def _as_explained(incident: dict, rows: list[dict]) -> Hit | None:
    reasons = [row for row in rows if row["rank"] == 1 and _during(row, incident)]
    first = min(reasons, key=lambda row: (row["window_end"], -row["difference_share"]), default=None)
    return (_ms(first["window_end"]), first["explanation"]) if first else None


def _as_rule(incident: dict, rows: list[dict]) -> Hit | None:
    source = f"src_addr={incident['entity']}"
    changes = [
        row for row in rows if row["change"] == "new" and row["antecedent"] == source and _overlaps(row, incident)
    ]
    first = min(changes, key=lambda row: (row["window_end"], -row["lift"], row["consequent"]), default=None)
    return (_ms(first["window_end"]), f"new: {first['antecedent']} => {first['consequent']}") if first else None


def _as_unusual(incident: dict, rows: list[dict]) -> Hit | None:
    windows = [row for row in rows if row["entity"] == incident["entity"] and _overlaps(row, incident)]
    first = min(windows, key=lambda row: row["window_end"], default=None)
    return (_ms(first["window_end"]), first["why"]) if first else None


def _as_beacon(incident: dict, rows: list[dict]) -> Hit | None:
    calls = [row for row in rows if row["entity"] == incident["entity"] and _overlaps(row, incident)]
    first = min(calls, key=lambda row: (row["window_end"], -row["score"]), default=None)
    if first is None:
        return None
    return _ms(first["window_end"]), f"calls {first['dst_addr']} every {first['gap_seconds_median']:.0f} s"


def _as_move(incident: dict, rows: list[dict]) -> Hit | None:
    moves = [
        row for row in rows
        if row["entity"] == incident["entity"] and 0 < _ms(row["window_end"]) - incident["start_ms"] < _SLOWEST_MOVE_MS
    ]  # fmt: skip
    first = min(moves, key=lambda row: row["window_end"], default=None)
    return (_ms(first["window_end"]), f"now {first['to_description']}") if first else None


def _as_talker(incident: dict, rows: list[dict]) -> Hit | None:
    rows = [
        row for row in rows
        if row["rank"] == 1 and row["octets_share"] and row["octets_share"] > 0.5 and row["entity_type"] == "src_addr"
        and row["entity"] == incident["entity"] and _overlaps(row, incident)
    ]  # fmt: skip
    if not rows:
        return None
    share = max(row["octets_share"] for row in rows)
    return min(_ms(row["window_end"]) for row in rows), f"rank 1, {share:.0%} of octets"


def _as_silence(incident: dict, rows: list[dict]) -> Hit | None:
    if incident["kind"] != "silence":
        return None
    ends = (_ms(row["window_end"]) for row in rows if row["entity"] == incident["entity"])
    since = next((end for end in ends if abs(end - incident["start_ms"]) < _MINUTE_MS), None)
    return None if since is None else (since + _SESSION_GAP_MS, f"silent since {_clock(since)}")


_FINDERS: dict[str, Callable[[dict, list[dict]], Hit | None]] = {
    "host_anomalies": _as_anomaly,
    "anomaly_explanations": _as_explained,
    "flow_rule_changes": _as_rule,
    "unusual_behaviour": _as_unusual,
    "beacons": _as_beacon,
    "cluster_changes": _as_move,
    "top_talkers": _as_talker,
    "host_sessions": _as_silence,
}
SHOWN = (
    *_FINDERS, "flow_rules", "service_rules", "host_clusters", "next_services",
    "traffic_forecasts", "forecast_errors", "capacity_warnings",
)  # fmt: skip


def _strongest(analysis: str, rules: list[dict]) -> str:
    """The rule of the last window that departs most from what chance would give."""
    if all(row["antecedent"] is None for row in rules):
        return f"{analysis}: none" + (", but something was dropped" if rules else "")
    rules = [row for row in rules if row["antecedent"] is not None]
    last = max(row["window_start"] for row in rules)
    rule = max((row for row in rules if row["window_start"] == last), key=lambda row: row["leverage"])
    return (
        f"{analysis}: {len(rules)} rules; at {last[11:16]} above all {rule['antecedent']} => {rule['consequent']} "
        f"(support {rule['support']:.2f}, confidence {rule['confidence']:.2f}, lift {rule['lift']:.2f})"
    )


def _clusters(hosts: list[dict], changes: list[dict]) -> str:
    """The clusters of the last window, the largest first."""
    if not hosts:
        return "host_clusters: none"
    last = max(row["window_start"] for row in hosts)
    clusters = {
        (row["cluster_size"], row["description"], row["cluster_id"]) for row in hosts if row["window_start"] == last
    }
    told = "; ".join(f"{size} hosts: {description}" for size, description, _ in sorted(clusters, reverse=True))
    return f"host_clusters: at {last[11:16]} {told}; {len(changes)} changes"


def _predicted(rows: list[dict]) -> str:
    """How many of the next services were foreseen, beside those that a host's own frequencies give."""
    scored = [row for row in rows if row["flow_count"]]
    if not scored:
        return "next_services: none"
    flows = sum(row["flow_count"] for row in scored)
    hits, frequent = (sum(row[name] for row in scored) / flows for name in ("hits_3", "frequency_hits_3"))
    return f"next_services: of {flows:,} flows {hits:.0%} at ranks 1 to 3, {frequent:.0%} by frequency alone"


def _forecast(forecasts: list[dict], errors: list[dict], warnings: list[dict]) -> str:
    """The last forecast of all traffic, how good those before it were, and when the capacity was in doubt."""
    of_all = [row for row in forecasts if row["entity_type"] == "all"]
    scored = [row for row in errors if row["entity_type"] == "all"]
    if not of_all or not scored:
        return "traffic_forecasts: none"
    last = max(of_all, key=lambda row: (row["made_at"], row["steps_ahead"]))
    bounds = [f"{row / 1e6:.1f}" for row in (last["forecast"], last["lower_bound"], last["upper_bound"])]
    within = sum(row["is_within"] for row in scored) / len(scored)
    first = min((row["window_end"] for row in warnings), default=None)
    return (
        f"traffic_forecasts: at {last['made_at'][11:16]} of all traffic at {last['window_start'][11:16]} "
        f"{bounds[0]} MB a minute, from {bounds[1]} to {bounds[2]}; {within:.0%} of {len(scored):,} came within the "
        f"bounds; capacity_warnings: {len(warnings)}" + (f", the first at {first[11:16]}" if first else "")
    )


def _during(row: dict, incident: dict) -> bool:
    return row["entity"] == incident["entity"] and _overlaps(row, incident)


def _overlaps(row: dict, incident: dict) -> bool:
    return _ms(row["window_start"]) < incident["end_ms"] + _MINUTE_MS and _ms(row["window_end"]) > incident["start_ms"]


def _ms(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1_000)


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, timezone.utc).strftime("%H:%M:%S")
