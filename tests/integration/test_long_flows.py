"""Long flows give each minute what they carried in it, in time or as backfilled_traffic, beside plain Python."""

import json
import random
import shutil
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.engine.endpoints import FileOutput, parse_files
from flowsift.engine.flink import tables
from flowsift.engine.job import Run
from flowsift.engine.results import rows

from tests.support.records import GOOD, NOW
from tests.support.reference import judge

RATES = """-- All that rates have.
-- grain:  one row per entity and minute
-- misses: nothing
CREATE VIEW rates AS
SELECT window_start, window_end, entity_type, entity, flow_count, octets, packets FROM talkers_1m
"""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
TENANTS = [f"10.0.0.{i}" for i in range(1, 6)]
MEGABITS = 125_000  # octets a second


def flow(start, end, octets, **changes):
    return GOOD | {"flow_start": start, "flow_end": end, "octets_out": octets} | changes


def some_flows(dice, count):
    """Flows of all durations and sizes, in the order of their ends."""
    flows = []
    for _ in range(count):
        end = NOW + dice.randrange(3 * HOUR)
        if dice.random() < 0.1:
            end -= end % MINUTE
        longest = dice.choice([MINUTE, 2 * MINUTE, HOUR, 3 * HOUR, DAY, 2 * DAY, 30 * DAY - 1])  # more is unknown
        start = end - dice.choice([dice.randrange(longest + 1), longest])
        most = dice.choice([1, 30, 10**6, 10**15])
        changes = {name: dice.randrange(most + 1) for name in ("packets_out", "octets_in", "packets_in")}
        if dice.random() < 0.3:
            changes = {"octets_in": None, "packets_in": None}
        ends = {"src_addr": dice.choice(TENANTS), "dst_addr": dice.choice(TENANTS)}
        flows.append(flow(start, end, dice.randrange(most + 1), **changes, **ends))
    return sorted(flows, key=lambda each: each["flow_end"])


def late_order(dice, flows, most_ms):
    return sorted(flows, key=lambda each: each["flow_end"] + dice.randrange(most_ms))


def entities(flow):
    src, dst = flow["src_addr"], flow["dst_addr"]
    return [("all", "all"), ("src_addr", src), ("dst_addr", dst), ("pair", f"{src} > {dst}")]


def windows(flow):
    """Each window before that of a flow's end: its start and length, and between which times the flow is in it."""
    at, end = flow["flow_start"], flow["flow_end"]
    last, minutes_from = end // MINUTE * MINUTE, at
    if end - at > DAY:
        minutes_from = max(last - DAY, min(flow["closed_ms"], last) // MINUTE * MINUTE)
    while at < last:
        length = DAY if at < minutes_from else MINUTE
        until = min(at // length * length + length, minutes_from if at < minutes_from else last)
        yield at // length * length, length, at, until
        at = until


def expected(accepted):
    """(rates, backfilled): octets, packets and, in rates, flows by start and length of a window and entity."""
    rates, backfilled = Counter(), Counter()
    for each in accepted:
        start, end = each["flow_start"], each["flow_end"]
        whole = [(each["octets_out"], each["octets_in"]), (each["packets_out"], each["packets_in"])]
        left = [sum(count or 0 for count in counts) for counts in whole]

        def upto(count, time, start=start, end=end):
            return (count or 0) * (min(max(time, start), end) - start) // (end - start)

        for begin, length, since, until in windows(each) if end - start > MINUTE else ():
            is_closed = begin + length <= each["closed_ms"] or length > MINUTE
            for i, counts in enumerate(whole):
                share = sum(upto(count, until) - upto(count, since) for count in counts)
                left[i] -= share
                for entity in entities(each):
                    (backfilled if is_closed else rates)[(begin, length, *entity, ("octets", "packets")[i])] += share
        for entity in entities(each):
            key = (end // MINUTE * MINUTE, MINUTE, *entity)
            rates.update({(*key, "flow_count"): 1, (*key, "octets"): left[0], (*key, "packets"): left[1]})
    return +rates, +backfilled


def found(folder: Path, measures=("octets", "packets")) -> Counter:
    sums: Counter = Counter()
    for row in rows(folder):
        begin, end = (
            int(datetime.fromisoformat(row[name]).replace(tzinfo=timezone.utc).timestamp() * 1000)
            for name in ("window_start", "window_end")
        )
        for measure in measures:
            sums[begin, end - begin, row["entity_type"], row["entity"], measure] += row[measure]
    return +sums


@pytest.fixture
def spread(run_short, tmp_path):
    """spread(flows, *more, **parameters): (rates, backfilled) of files of these flows, and the rows of late_flows."""
    tree = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
    (tree / "analyses" / "statistics" / "rates.sql").write_text(RATES)

    def run(*files, analysis="rates", **parameters):
        folder, output = tmp_path / "given", FileOutput(tmp_path / "results")
        folder.mkdir()
        for i, flows in enumerate(files):
            (folder / f"{i}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in flows))
        paths = str(folder / "0.jsonl" if len(files) == 1 else folder)
        newest_decides = {"WATERMARK_DELAY_SECONDS": "15", "WATERMARK_RECORDS": "1"}
        request = Run("flows", parse_files(paths), output, [analysis], newest_decides | parameters)
        run_short(request, {"execution.checkpointing.interval": "300 ms"}, library=Library(tree))
        [ledger] = rows(output.folder / "ledger")
        assert ledger["received"] == sum(map(len, files)) == ledger["accepted"] + ledger["late"]
        return (
            found(output.folder / "rates", ("flow_count", "octets", "packets")),
            found(output.folder / "backfilled_traffic"),
            rows(output.folder / "late_flows"),
        )

    return run


def by_day(sums):
    """The sums of windows by the day that they lie in."""
    days: Counter = Counter()
    for (begin, _, *key), value in sums.items():
        days[(begin // DAY, *key)] += value
    return days


def of_talkers(sums):
    return Counter({key: value for key, value in sums.items() if key[2] not in ("protocol", "service")})


def test_an_hour_at_ten_megabits_is_ten_megabits_in_each_minute(spread):
    # It begins within a minute, among short flows that move the watermark on.
    hour = flow(NOW + 30_000, NOW + 30_000 + HOUR, 3600 * 10 * MEGABITS, packets_out=3600, octets_in=0, packets_in=0)
    short = [flow(NOW + i * 10_000, NOW + i * 10_000, 0, src_addr="10.0.0.9") for i in range(400)]
    rates, backfilled, late = spread(sorted([*short, hour], key=lambda each: each["flow_end"]))
    both = rates + backfilled
    octets = {
        begin: octets for (begin, _, _, entity, measure), octets in both.items()
        if entity == hour["src_addr"] and measure == "octets"
    }  # fmt: skip
    minute = 60 * 10 * MEGABITS
    assert octets == {NOW: minute // 2, **{NOW + i * MINUTE: minute for i in range(1, 60)}, NOW + HOUR: minute // 2}
    # Windows wait for fifteen seconds: when the hour ended, its last minute but one had closed.
    closed = {begin for begin, *_ in backfilled}
    assert closed == set(range(NOW, NOW + HOUR, MINUTE)) and not late
    named = {key[2:4] for key in backfilled}
    assert {("protocol", "tcp"), ("all", "all"), ("pair", f"{hour['src_addr']} > {hour['dst_addr']}")} <= named
    assert sum(value for (*_, measure), value in rates.items() if measure == "flow_count") == 4 * 401


@pytest.mark.parametrize("delay_s", [0, 15, 600, 5_000_000])
def test_shares_are_exact_however_long_windows_wait(delay_s, spread):
    flows = some_flows(random.Random(delay_s), 150)
    if delay_s:
        flows = late_order(random.Random(1), flows, 100_000)
    accepted, late, _ = judge(map(json.dumps, flows), delay_s)
    rates, backfilled, late_rows = spread(flows, WATERMARK_DELAY_SECONDS=str(delay_s))
    in_rates, closed = expected(accepted)
    assert rates == in_rates
    assert of_talkers(backfilled) == closed
    assert len(late_rows) == late and (late > 0) == (delay_s == 15)
    for entity in ("all", "protocol"):
        assert sum(n for key, n in backfilled.items() if key[2] == entity) == sum(
            n for key, n in closed.items() if key[2] == "all"
        )


def test_nothing_is_lost_between_tasks(spread):
    # Which windows had closed is a matter of which task reads which file when; what they have in all is not.
    flows = [each | {"src_port": i, "closed_ms": 0} for i, each in enumerate(some_flows(random.Random(5), 300))]
    files = [late_order(random.Random(i), flows[i::4], 100_000) for i in range(4)]
    rates, backfilled, late_rows = spread(*files, WATERMARK_DELAY_SECONDS="60")
    late = {row["src_port"] for row in late_rows}
    assert 0 < len(late) < 300 and backfilled
    in_rates, closed = expected([each for each in flows if each["src_port"] not in late])
    assert by_day(rates + of_talkers(backfilled)) == by_day(in_rates + closed)


def test_too_many_shares_are_taken_together(spread, monkeypatch):
    monkeypatch.setattr(tables, "SPARE_SHIFTS", 3_000)
    flows = [flow(NOW + i - 20 * HOUR, NOW + i, 10**9) for i in range(50)]
    rates, backfilled, _ = spread(flows)
    for each in flows:
        each["closed_ms"] = 0
    in_rates, closed = expected(flows)
    assert by_day(rates + of_talkers(backfilled)) == by_day(in_rates + closed)
    lengths = Counter(length for _, length, *_ in backfilled)
    assert lengths[DAY] and len({key[0] for key in rates}) == 1_201


def test_off_counts_all_in_the_minute_of_the_end(spread):
    flows = some_flows(random.Random(9), 50)
    rates, backfilled, _ = spread(flows, SPREAD_LONG_FLOWS="off")
    assert not backfilled
    for measure, names in (("octets", ("octets_out", "octets_in")), ("packets", ("packets_out", "packets_in"))):
        ends = Counter()
        for each in flows:
            ends[each["flow_end"] // MINUTE * MINUTE] += sum(each[name] or 0 for name in names)
        assert {key[0]: n for key, n in rates.items() if key[2] == "all" and key[4] == measure} == +ends
