"""Association rules over flows done again: item sets counted by DuckDB, rules by mlxtend."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import datetime

import duckdb
import pandas as pd
from mlxtend.frequent_patterns import association_rules, hmine

# Floats would lose what is exactly on a threshold.
_A_LITTLE_LESS = 1 - 1e-9
_COUNTS = """
    WITH items AS (
      SELECT time_bucket(INTERVAL 5 MINUTE, flow_end) AS window_start, octets,
        'conn_state=' || conn_state AS c, 'dst_addr=' || dst_addr AS d, 'dst_port=' || dst_port AS p,
        'protocol=' || protocol AS t, 'service=' || service AS s, 'src_addr=' || src_addr AS a,
        'direction=' || CASE
          WHEN regexp_matches(src_addr, $local) AND regexp_matches(dst_addr, $local) THEN 'internal'
          WHEN regexp_matches(src_addr, $local) THEN 'outbound'
          WHEN regexp_matches(dst_addr, $local) THEN 'inbound' ELSE 'transit' END AS n
      FROM flows
    )
    SELECT window_start, list_filter([c, n, d, p, t, s, a], lambda item: item IS NOT NULL) AS items,
      count(*) AS flows, sum(octets)::BIGINT AS octets
    FROM items GROUP BY window_start, CUBE (c, n, d, p, t, s, a)
    HAVING len(list_filter([c, n, d, p, t, s, a], lambda item: item IS NOT NULL))
      = 7 - bit_count(grouping(c, n, d, p, t, s, a))
"""
_LOCAL = r"^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|f[cd]|fe[89ab])"


def flow_rules(database: duckdb.DuckDBPyConnection) -> dict[tuple, dict[str, float]]:
    """The measures of each rule by (start of its window, metric, antecedent, consequent), with the defaults."""
    counts = database.execute(_COUNTS, {"local": _LOCAL}).df()
    rules = {}
    for window_start, window in counts.groupby("window_start"):
        at = pd.Timestamp(window_start).to_pydatetime()
        for metric in ("flows", "octets"):
            total = window[metric].max()  # of the empty item set
            sets = pd.DataFrame({"support": window[metric] / total, "itemsets": window["items"].map(frozenset)})
            sets = sets[(sets["support"] >= 0.02 * _A_LITTLE_LESS) & (sets["itemsets"].map(len) > 0)]
            for antecedent, consequent, row in _rules(sets, int(total)):
                rules[at, metric, antecedent, consequent] = row
    return rules


def _rules(sets: pd.DataFrame, total: int) -> Iterator[tuple[str, str, dict[str, float]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of divisions by zero
        found = association_rules(sets, min_threshold=0.8 * _A_LITTLE_LESS)
    found = found[(found["consequents"].map(len) == 1) & (found["lift"] >= 1.1 * _A_LITTLE_LESS)]
    rows = pd.DataFrame(found).to_dict(orient="records")
    alike: dict[tuple, list[frozenset]] = {}
    for row in rows:
        row["says"] = row["consequents"], round(row["support"] * total)
        alike.setdefault(row["says"], []).append(row["antecedents"])
    for row in rows:
        if not any(other < row["antecedents"] for other in alike[row["says"]]):
            yield ", ".join(sorted(row["antecedents"])), *row["consequents"], row


def service_rules(database: duckdb.DuckDBPyConnection) -> dict[tuple, dict[str, float]]:
    """The measures of each rule by (start of its window, antecedent, consequent), with service_rules' defaults."""
    uses = database.execute(
        """
        SELECT DISTINCT time_bucket(INTERVAL 15 MINUTE, flow_end) AS window_start, src_addr,
          coalesce(service, CASE WHEN protocol IN ('tcp', 'udp') THEN protocol || '/' || dst_port END, protocol) AS item
        FROM flows
        """
    ).df()
    rules = {}
    for window_start, window in uses.groupby("window_start"):
        at = pd.Timestamp(window_start).to_pydatetime()
        baskets = pd.crosstab(window["src_addr"], window["item"]).astype(bool)
        sets = hmine(baskets, min_support=0.05 * _A_LITTLE_LESS, use_colnames=True, max_len=3)
        for antecedent, consequent, row in _rules(sets, len(baskets)):
            rules[at, antecedent, consequent] = row
    return rules


def as_found(rows: list[dict], *names: str) -> dict[tuple, dict[str, float]]:
    """Rows of an analysis by the start of the window and these columns."""
    return {(datetime.fromisoformat(row["window_start"]), *(row[name] for name in names)): row for row in rows}
