"""Generate traffic with planted incidents, run every analysis over it, and show what was found of what was planted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.table import Table

from jobs import topics
from jobs.endpoints import FileOutput, KafkaInput, parse_input
from jobs.errors import UserError
from jobs.generate import KINDS, Recipe
from jobs.job import Run
from jobs.progress import generate_to
from jobs.runner import print_ledger, rows, run, sum_up

RECIPE = Recipe(plants=KINDS, rate=60.0)
_MINUTE_MS = 60_000
_SESSION_GAP_MS = 10 * _MINUTE_MS  # when the session is known to have ended
_SLOWEST_MOVE_MS = 30 * _MINUTE_MS  # for which a host's new behaviour is remembered
_WIDTH = 110


def demo(folder: Path, *, kafka: bool) -> None:
    """Run the demo in `folder`, which is emptied first."""
    marker = folder / ".flowsift-demo"
    if folder.exists() and not marker.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty and not from an earlier demo; name another with --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marker.touch()
    (over_kafka if kafka else over_files)(folder)


def over_files(folder: Path) -> None:
    """On the embedded mini-cluster, from a file to files."""
    traffic, results = folder / "traffic.jsonl", folder / "results"
    generate_to(RECIPE, traffic, folder / "truth.jsonl")
    source = parse_input(str(traffic), bounded=True, properties={})
    request = Run("flows", source, FileOutput(results.resolve()))
    run(request, {})
    report(folder / "truth.jsonl", lambda sink: rows(results / sink))
    sum_up(request)


def over_kafka(folder: Path) -> None:
    """Over a real broker and a real standalone cluster, submitted with `flink run`."""
    from jobs.services import flink_cluster, kafka_broker

    print("starting a Kafka broker and a Flink cluster on this machine")
    with kafka_broker(folder / "kafka") as server, flink_cluster(folder / "flink") as cluster:
        generate_to(RECIPE, KafkaInput(server, "flows", True, {}), folder / "truth.jsonl")
        arguments = ["--source", "flows", "--input", f"kafka://{server}/flows", "--output", f"kafka://{server}"]
        arguments.append("--bounded")
        print(f"flink run -m {cluster.rest} -py jobs/run.py {' '.join(arguments)}")
        submitted = cluster.run(arguments)
        if submitted.returncode != 0:
            raise UserError(f"flink run failed; its logs are in {folder}/flink/log\n{submitted.stderr[-2_000:]}")
        found = {sink: topics.rows(server, sink) for sink in (*_SHOWN, "ledger")}
        report(folder / "truth.jsonl", found.__getitem__)
        print_ledger(found["ledger"])
        print(f"Results were in the topics of {server}, which goes now; logs are in {folder}")


def report(truth_path: Path, sink: Callable[[str], list[dict]]) -> None:
    """Print a table of what was planted and which analysis found it when."""
    truth = [json.loads(line) for line in truth_path.read_text(encoding="utf-8").splitlines()]
    found = {name: sink(name) for name in _SHOWN}
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
    console = Console(width=max(Console().width, _WIDTH))
    console.print(table)
    for analysis in ("flow_rules", "service_rules"):
        console.print(_strongest(analysis, found[analysis]))
    console.print(_clusters(found["host_clusters"], found["cluster_changes"]))
    alarms = found["octet_anomalies"]
    planted = [row for row in alarms if any(_during(row, incident) for incident in truth)]
    console.print(
        f"octet_anomalies: {len(alarms)} rows, {len(planted)} of them on planted incidents, the others false alarms. "
        "No analysis looks for beacons yet. After: from the start of the incident."
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
    reasons = [row for row in rows if row["place"] == 1 and _during(row, incident)]
    first = min(reasons, key=lambda row: (row["window_end"], -row["difference_share"]), default=None)
    return first and (_ms(first["window_end"]), first["explanation"])


def _as_rule(incident: dict, rows: list[dict]) -> Hit | None:
    source = f"src_addr={incident['entity']}"
    changes = [
        row for row in rows if row["change"] == "new" and row["antecedent"] == source and _overlaps(row, incident)
    ]
    first = min(changes, key=lambda row: (row["window_end"], -row["lift"], row["consequent"]), default=None)
    return first and (_ms(first["window_end"]), f"new: {first['antecedent']} => {first['consequent']}")


def _as_move(incident: dict, rows: list[dict]) -> Hit | None:
    moves = [
        row for row in rows
        if row["host"] == incident["entity"] and 0 < _ms(row["window_end"]) - incident["start_ms"] < _SLOWEST_MOVE_MS
    ]  # fmt: skip
    first = min(moves, key=lambda row: row["window_end"], default=None)
    return first and (_ms(first["window_end"]), f"now {first['to_description']}")


def _as_talker(incident: dict, rows: list[dict]) -> Hit | None:
    places = [
        row for row in rows
        if row["place"] == 1 and row["octets_share"] and row["octets_share"] > 0.5 and row["entity_type"] == "src_addr"
        and row["entity"] == incident["entity"] and _overlaps(row, incident)
    ]  # fmt: skip
    if not places:
        return None
    share = max(row["octets_share"] for row in places)
    return min(_ms(row["window_end"]) for row in places), f"first place, {share:.0%} of octets"


def _as_silence(incident: dict, rows: list[dict]) -> Hit | None:
    if incident["kind"] != "silence":
        return None
    ends = (_ms(row["silent_since"]) for row in rows if row["src_addr"] == incident["entity"])
    since = next((end for end in ends if abs(end - incident["start_ms"]) < _MINUTE_MS), None)
    return since and (since + _SESSION_GAP_MS, f"silent since {_clock(since)}")


_FINDERS: dict[str, Callable[[dict, list[dict]], Hit | None]] = {
    "octet_anomalies": _as_anomaly,
    "anomaly_explanations": _as_explained,
    "flow_rule_changes": _as_rule,
    "cluster_changes": _as_move,
    "top_talkers": _as_talker,
    "host_sessions": _as_silence,
}
_SHOWN = (*_FINDERS, "flow_rules", "service_rules", "host_clusters")


def _strongest(analysis: str, rules: list[dict]) -> str:
    """The rule of the last window that departs most from what chance would give."""
    if not rules:
        return f"{analysis}: none"
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


def _during(row: dict, incident: dict) -> bool:
    return row["entity"] == incident["entity"] and _overlaps(row, incident)


def _overlaps(row: dict, incident: dict) -> bool:
    return _ms(row["window_start"]) < incident["end_ms"] + _MINUTE_MS and _ms(row["window_end"]) > incident["start_ms"]


def _ms(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1_000)


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, timezone.utc).strftime("%H:%M:%S")
