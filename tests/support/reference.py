"""The same work done again, by other means: records judged in plain Python, statistics by DuckDB."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np

from udfs.forecast import forecast

_ZEEK = {
    "src_addr": "id.orig_h", "dst_addr": "id.resp_h", "src_port": "id.orig_p", "dst_port": "id.resp_p",
    "protocol": "proto", "octets_out": "orig_ip_bytes", "packets_out": "orig_pkts",
    "octets_in": "resp_ip_bytes", "packets_in": "resp_pkts",
}  # fmt: skip
_LIMIT = 10**15
_COUNTS = ("octets_out", "packets_out", "octets_in", "packets_in")
# What each minute has of each flow: of one that lasted longer what it carried in it, unless the minute had closed.
_RATES = """
    CREATE TABLE rates AS WITH timed AS (
      SELECT *, epoch_ms(flow_start) AS start_ms, epoch_ms(flow_end) AS end_ms, end_ms // 60000 AS last,
        end_ms - start_ms > 60000 AS is_long
      FROM flows
    ), minutes AS (
      SELECT *, unnest(range(if(is_long, start_ms // 60000, last), last + 1)) AS m FROM timed
    ), shares AS (
      SELECT *, if(is_long, greatest(m * 60000 - start_ms, 0), 0)::HUGEINT AS since,
        if(is_long, least(m * 60000 + 60000, end_ms) - start_ms, 1)::HUGEINT AS until,
        if(is_long, end_ms - start_ms, 1)::HUGEINT AS duration
      FROM minutes WHERE m = last OR m * 60000 + 60000 > closed_ms
    )
    SELECT * FROM (SELECT epoch_ms(m * 60000) AS minute, src_addr, dst_addr, dst_port, protocol, service, conn_state,
      (m = last)::INT AS flow_count, {counts},
      octets_out + coalesce(octets_in, 0) AS octets, packets_out + coalesce(packets_in, 0) AS packets
    FROM (SELECT * REPLACE ({shares}) FROM shares))
    WHERE flow_count > 0 OR octets > 0 OR packets > 0
"""
_FUTURE_MS = 2_000_000_000_000


def canonical(record: dict) -> dict:
    """A record of either format under the names of `flows`."""
    if "ts" not in record:
        return record
    flow = {name: record.get(key) for name, key in _ZEEK.items()} | {
        key: record.get(key) for key in ("service", "conn_state")
    }
    flow["flow_start"] = math.floor(record["ts"] * 1_000 + 0.5)
    flow["flow_end"] = math.floor((record["ts"] + record.get("duration", 0)) * 1_000 + 0.5)
    return flow


def _count(value: object, required: bool = False, most: int = _LIMIT) -> bool:
    return (value is None and not required) or (type(value) is int and 0 <= value <= most)


def good(flow: dict) -> bool:
    """Whether a flow may be accepted."""
    return (
        _count(flow.get("flow_end"), True, _FUTURE_MS)
        and flow["flow_end"] >= 946_684_800_000
        and _count(flow.get("flow_start"), True, flow["flow_end"])
        and all(isinstance(flow.get(name), str) for name in ("src_addr", "dst_addr", "protocol"))
        and _count(flow.get("octets_out"), True)
        and _count(flow.get("packets_out"), True)
        and all(_count(flow.get(name)) for name in ("octets_in", "packets_in"))
        and all(_count(flow.get(name), most=65_535) for name in ("src_port", "dst_port"))
    )


def judge(lines: Iterable[str], delay_s: int) -> tuple[list[dict], int, int]:
    """(accepted flows, late, dead) of one file read in order; closed_ms of a flow is the end of what had closed."""
    accepted, late, dead, closed_ms = [], 0, 0, 0
    for line in lines:
        try:
            flow = canonical(json.loads(line))
        except ValueError:
            dead += 1
            continue
        end = flow.get("flow_end")
        if not good(flow):
            dead += 1
        elif end // 10_000 * 10_000 + 10_000 <= closed_ms:
            late += 1
        else:
            accepted.append(flow | {"closed_ms": closed_ms})
        if _count(end, True, _FUTURE_MS) and end >= 946_684_800_000:
            closed_ms = max(closed_ms, (end // 1_000 - delay_s) // 10 * 10_000)
    return accepted, late, dead


def table(flows: list[dict], folder: Path) -> duckdb.DuckDBPyConnection:
    """A database with the tables `flows` and `rates`; octets and packets are of both directions.

    `rates` has no flow that lasted longer than a day, of which rates are not the whole.
    """
    path = folder / "accepted.jsonl"
    path.write_text("".join(json.dumps(flow) + "\n" for flow in flows))
    database = duckdb.connect()
    database.execute(
        f"""
        CREATE TABLE flows AS SELECT
          epoch_ms(flow_start) AS flow_start, epoch_ms(flow_end) AS flow_end, src_addr, dst_addr,
          dst_port, lower(protocol) AS protocol, service, conn_state, octets_out, packets_out, octets_in, packets_in,
          closed_ms,
          octets_out + coalesce(octets_in, 0) AS octets, packets_out + coalesce(packets_in, 0) AS packets
        FROM read_json('{path}', format = 'newline_delimited', columns = {{
          flow_start: 'BIGINT', flow_end: 'BIGINT', src_addr: 'VARCHAR', dst_addr: 'VARCHAR', protocol: 'VARCHAR',
          dst_port: 'INTEGER', service: 'VARCHAR', conn_state: 'VARCHAR',
          octets_out: 'BIGINT', packets_out: 'BIGINT', octets_in: 'BIGINT', packets_in: 'BIGINT',
          closed_ms: 'BIGINT'
        }})
        """
    )
    shares = (f"({name} * until // duration - {name} * since // duration)::BIGINT AS {name}" for name in _COUNTS)
    database.execute(_RATES.format(counts=", ".join(_COUNTS), shares=", ".join(shares)))
    return database


class WalkForward(NamedTuple):
    """What was forecast at each origin, and what came; `origins` are the last values known."""

    made: np.ndarray
    came: np.ndarray
    origins: np.ndarray


def walk_forward(
    values: np.ndarray, steps: int, *, season: int | None, start: int, stride: int, level: float = 0.9
) -> WalkForward:
    """Forecasts, shape (n, steps, 3), from every `stride`-th place from `start` on, each from what lies before it."""
    origins = range(start - 1, len(values) - steps, stride)
    made = [forecast(values[: place + 1], steps, season=season, level=level) for place in origins]
    came = [values[place + 1 : place + 1 + steps] for place in origins]
    return WalkForward(np.array(made), np.array(came), values[list(origins)])
