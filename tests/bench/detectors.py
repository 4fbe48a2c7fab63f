"""What each detector finds and misses: python -m tests.bench.detectors; a new detector is a line below."""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np
from flowsift.engine.endpoints import FileOutput, parse_input
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.engine.submit import run
from flowsift.testbed.formats import lines_of
from flowsift.testbed.incidents import KINDS, Incident, plant
from flowsift.testbed.traffic import FLOW, Network, set_times, traffic
from rich.console import Console
from rich.table import Table

DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
MONDAY_MS = 1_736_121_600_000  # 2025-01-06
HOSTS, RATE = 100, 4.0
# Detectors are compared on the days from this on; before, they may learn. Incidents begin at these hours.
QUIET_DAYS, HOURS = 4, (1, 9, 17)
BACKUP_HOUR, BACKUP_MINUTES = 2, 10
# So long after its end an alarm still belongs to an incident: the longest window.
GRACE_MS = 15 * MINUTE_MS
LABELS = ("Malicious", "Benign", "Background", "silent")
Row = dict


class Alarm(NamedTuple):
    entity: str
    start_ms: int
    end_ms: int


def _anomalies(method: str) -> Callable[[Row], str | None]:
    return lambda row: row["entity"] if row["method"] == method else None


def _source_of_new_rule(row: Row) -> str | None:
    items = f"{row['antecedent']}, {row['consequent']}".split(", ")
    sources = [item.removeprefix("src_addr=") for item in items if item.startswith("src_addr=")]
    return sources[0] if sources and row["change"] == "new" else None


# Detector: its analysis, and whom a row of it accuses, if anybody.
DETECTORS: dict[str, tuple[str, Callable[[Row], str | None]]] = {
    "host_anomalies, z": ("host_anomalies", _anomalies("z")),
    "host_anomalies, robust": ("host_anomalies", _anomalies("robust")),
    "host_anomalies, seasonal": ("host_anomalies", _anomalies("seasonal")),
    "flow_rule_changes": ("flow_rule_changes", _source_of_new_rule),
    "unusual_behaviour": ("unusual_behaviour", lambda row: row["entity"]),
    "beacons": ("beacons", lambda row: row["entity"]),
    "cluster_changes": ("cluster_changes", lambda row: row["entity"]),
}


def backups(network: Network, days: int, rng: np.random.Generator) -> tuple[np.ndarray, str, Incident]:
    """(a backup every night but the last, who makes it, its absence in the last night)."""
    host, peer = network.typical("server", 4), network.typical("server", 1)
    nights = []
    for day in range(days - 1):
        begin = MONDAY_MS + day * DAY_MS + BACKUP_HOUR * HOUR_MS
        flows = np.zeros(2 * BACKUP_MINUTES, dtype=FLOW)
        flows["src"], flows["dst"], flows["dst_port"], flows["service"] = host, peer, 22, 6
        flows["octets_out"] = rng.integers(90_000_000, 110_000_000, len(flows))
        flows["packets_out"] = flows["octets_out"] // 1_400
        nights.append(set_times(flows, begin + np.arange(len(flows)) * MINUTE_MS // 2, rng))
    missed = MONDAY_MS + (days - 1) * DAY_MS + BACKUP_HOUR * HOUR_MS
    name = network.addresses[host]
    absence = Incident("backup missing", name, "", None, missed, missed + BACKUP_MINUTES * MINUTE_MS)
    return np.concatenate(nights), name, absence


def write_traffic(path: Path, days: int, seed: int) -> tuple[list[Incident], str]:
    """(incidents planted from `QUIET_DAYS` on, who makes the backups)."""
    rng = np.random.default_rng(seed)
    network = Network(HOSTS, rng)
    flows, host, absence = backups(network, days, rng)
    planted, silences, truth = [flows], [], [absence]
    for day in range(QUIET_DAYS, days):
        for hour in HOURS:
            begin = MONDAY_MS + day * DAY_MS + hour * HOUR_MS
            flows, silent, incidents = plant(list(KINDS), network, begin, 6 * HOUR_MS, rng)
            planted.append(flows)
            silences += silent
            truth += incidents
    blocks = traffic(
        network, start_ms=MONDAY_MS, duration_ms=days * DAY_MS, rate=RATE, rng=rng,
        planted=np.concatenate(planted), silences=silences,
    )  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        for block in blocks:
            file.writelines(f"{line}\n" for line in lines_of("flows", block, network.addresses))
    return truth, host


def alarms(analysis: str, accused: Callable[[Row], str | None], results: Path) -> set[Alarm]:
    """One alarm for each entity and window, however many rows accuse it."""
    found = ((accused(row), row) for row in rows(results / analysis))
    return {Alarm(name, _ms(row["window_start"]), _ms(row["window_end"])) for name, row in found if name}


def belongs(alarm: Alarm, incident: Incident) -> bool:
    """Whether an alarm is of an incident: of the same host, and in its time."""
    return (
        alarm.entity == incident.entity
        and alarm.start_ms < incident.end_ms + GRACE_MS
        and alarm.end_ms > incident.start_ms
    )


def report(truth: list[Incident], backup_host: str, results: Path, days: int) -> Table:
    """A row for each detector."""
    kinds = list(dict.fromkeys(incident.kind for incident in truth))
    title = f"found of planted; false alarms per day and 100 hosts; {HOSTS} hosts, {days - QUIET_DAYS} days"
    table = Table("detector", *kinds, "found", "false", "backups", "delay", title=title)
    for detector, (analysis, accused) in DETECTORS.items():
        raised = {a for a in alarms(analysis, accused, results) if a.start_ms >= MONDAY_MS + QUIET_DAYS * DAY_MS}
        found = {i: [alarm for alarm in raised if belongs(alarm, i)] for i in truth}
        hit = [i for i in truth if found[i]]
        delays = [(min(alarm.end_ms for alarm in found[i]) - i.start_ms) / 1_000 for i in hit]
        false = raised - {alarm for several in found.values() for alarm in several}
        nightly = {a for a in false if a.entity == backup_host and _is_backup_time(a)}
        per_kind = [f"{sum(i.kind == k for i in hit)}/{sum(i.kind == k for i in truth)}" for k in kinds]
        table.add_row(
            detector, *per_kind, f"{len(hit) / len(truth):.0%}",
            f"{len(false - nightly) / (days - QUIET_DAYS) * 100 / HOSTS:.1f}", str(len(nightly)),
            f"{statistics.median(delays):.0f} s" if delays else "",
        )  # fmt: skip
    return table


def labelled(log: Path, labels: Path, results: Path) -> Table:
    """Alarms by the label that most flows of the accused have in the window; those of inbound flows apart."""
    with labels.open(encoding="utf-8") as lines:
        label_of = {row["uid"]: row["label"] for row in csv.DictReader(lines)}
    flows = defaultdict(list)
    for record in map(json.loads, log.read_text(encoding="utf-8").splitlines()):
        end_ms = (record["ts"] + record.get("duration", 0)) * 1_000
        flows[record["id.orig_h"]].append((end_ms, label_of[record["uid"]], not record["local_orig"]))
    table = Table(
        "detector", *LABELS, "inbound: malicious", "benign", "precision", title=f"alarms in {log.name} by label"
    )
    for detector, (analysis, accused) in DETECTORS.items():
        counts, inbound = Counter(), Counter()
        for alarm in alarms(analysis, accused, results):
            inside = [flow for flow in flows[alarm.entity] if alarm.start_ms <= flow[0] < alarm.end_ms]
            # A host that has fallen silent has no flow in the window.
            label = Counter(label for _, label, _ in inside).most_common(1)[0][0] if inside else "silent"
            counts[label] += 1
            inbound[label] += bool(inside) and all(is_inbound for *_, is_inbound in inside)
        total = inbound["Malicious"] + inbound["Benign"]
        precision = f"{inbound['Malicious'] / total:.2f}" if total else ""
        table.add_row(
            detector, *(str(counts[label]) for label in LABELS),
            str(inbound["Malicious"]), str(inbound["Benign"]), precision,
        )  # fmt: skip
    return table


def _is_backup_time(alarm: Alarm) -> bool:
    begin = BACKUP_HOUR * HOUR_MS
    return alarm.start_ms % DAY_MS < begin + BACKUP_MINUTES * MINUTE_MS + GRACE_MS and alarm.end_ms % DAY_MS > begin


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp() * 1_000)


def main() -> None:
    """Write the traffic, or take labelled logs; run all detectors in one job, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detectors", description=__doc__)
    parser.add_argument("--days", type=int, default=6, help=f"of traffic; the first {QUIET_DAYS} are for learning")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--zeek", nargs=2, type=Path, metavar=("LOG", "LABELS"), help="a conn.log and labels by uid")
    parser.add_argument("--local", default="147.32.0.0/16", help="networks of the local addresses, for --zeek")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flowsift-detectors-") as name:
        path, results = Path(name) / "traffic.jsonl", Path(name) / "results"
        if arguments.zeek:
            run_detectors("zeek_conn", arguments.zeek[0], results, {"LOCAL_NETWORKS": arguments.local})
            table = labelled(arguments.zeek[0], arguments.zeek[1], results)
        else:
            truth, backup_host = write_traffic(path, arguments.days, arguments.seed)
            run_detectors("flows", path, results, {})
            table = report(truth, backup_host, results, arguments.days)
        Console(width=160).print(table)


def run_detectors(source: str, path: Path, results: Path, parameters: dict[str, str]) -> None:
    analyses = list(dict.fromkeys(analysis for analysis, _ in DETECTORS.values()))
    records = parse_input(str(path), bounded=True, properties={})
    run(Run(source, records, FileOutput(results), analyses, parameters), {})


if __name__ == "__main__":
    main()
