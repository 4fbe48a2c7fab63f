"""The statistics of analyses as DuckDB computes them over the same records, compared with what a job found."""

from __future__ import annotations

from datetime import datetime

QUERIES = {
    "traffic_totals": """
        SELECT if(protocol IS NULL, 'all', 'protocol') AS entity_type, coalesce(protocol, 'all') AS entity,
          count(*) AS flow_count, sum(packets) AS packets, sum(octets) AS octets
        FROM flows GROUP BY GROUPING SETS ((protocol), ())
    """,
    "traffic_per_10s": """
        SELECT time_bucket(INTERVAL 10 SECOND, flow_end) AS window_start, protocol, service,
          count(*) AS flow_count,
          sum(octets) AS octets, sum(packets) AS packets, sum(octets) / count(*) AS octets_per_flow_mean,
          count(DISTINCT src_addr) AS src_addrs_distinct, count(DISTINCT dst_addr) AS dst_addrs_distinct
        FROM flows GROUP BY ALL
    """,
    "traffic_moving_average": """
        SELECT slice - to_seconds(shift * 10) AS window_start, count(*) AS flow_count, sum(octets) AS octets,
          sum(octets) / count(*) AS octets_per_flow_mean, quantile_cont(octets, 0.95) AS octets_per_flow_p95
        FROM (SELECT *, time_bucket(INTERVAL 10 SECOND, flow_end) AS slice FROM flows), range(6) AS shifts(shift)
        GROUP BY ALL
    """,
    "traffic_today": """
        WITH minutes AS (
          SELECT coalesce(protocol, 'all') AS protocol, date_trunc('minute', flow_end) AS minute,
            count(*) AS flow_count, sum(octets) AS octets, sum(packets) AS packets
          FROM flows
          GROUP BY GROUPING SETS ((protocol, date_trunc('minute', flow_end)), (date_trunc('minute', flow_end)))
        )
        SELECT date_trunc('day', minute)::TIMESTAMP AS window_start, minute + INTERVAL 1 MINUTE AS window_end,
          if(protocol = 'all', 'all', 'protocol') AS entity_type, protocol AS entity,
          sum(flow_count) OVER so_far AS flow_count, sum(octets) OVER so_far AS octets,
          sum(packets) OVER so_far AS packets
        FROM minutes WINDOW so_far AS (PARTITION BY protocol, date_trunc('day', minute) ORDER BY minute)
    """,
    "host_sessions": """
        WITH minutes AS (
          SELECT *, date_trunc('minute', flow_end) AS minute FROM flows
        ), marked AS (
          SELECT *, coalesce(minute - lag(minute) OVER past > INTERVAL 10 MINUTE, true)::INT AS begins
          FROM minutes WINDOW past AS (PARTITION BY src_addr ORDER BY minute)
        ), numbered AS (
          SELECT *, sum(begins) OVER (PARTITION BY src_addr ORDER BY minute) AS number FROM marked
        )
        SELECT min(flow_start) AS window_start, max(flow_end) AS window_end, src_addr AS entity, count(*) AS flow_count,
          sum(octets) AS octets, sum(packets) AS packets, count(DISTINCT dst_addr) AS dst_addrs_distinct
        FROM numbered GROUP BY src_addr, number
    """,
    "top_talkers": """
        WITH talkers AS (
          SELECT minute AS window_start, 'src_addr' AS entity_type, src_addr AS entity, * FROM rates UNION ALL
          SELECT minute, 'dst_addr', dst_addr, * FROM rates UNION ALL
          SELECT minute, 'pair', src_addr || ' > ' || dst_addr, * FROM rates
        ), sums AS (
          SELECT window_start, entity_type, entity, sum(flow_count) AS flow_count, sum(octets) AS octets,
            sum(packets) AS packets
          FROM talkers GROUP BY ALL
        )
        SELECT *, octets / nullif(sum(octets) OVER everyone, 0) AS octets_share,
          row_number() OVER (everyone ORDER BY octets DESC, entity) AS rank
        FROM sums WINDOW everyone AS (PARTITION BY window_start, entity_type) QUALIFY rank <= 10
    """,
}


def _value(value):
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.removesuffix("Z"))
        except ValueError:
            return value
    return float(f"{value:.10g}") if isinstance(value, float) else value


def _set(rows, columns):
    return sorted((tuple(_value(row[column]) for column in columns) for row in rows), key=repr)


def compare(database, sink, analyses=QUERIES):
    for analysis in analyses:
        result = database.execute(QUERIES[analysis])
        columns = [column[0] for column in result.description]
        expected = [dict(zip(columns, row)) for row in result.fetchall()]
        for row in expected:
            row.update({column: int(row[column]) for column in ("flow_count", "octets", "packets") if column in row})
        assert expected, analysis
        found, wanted = _set(sink(analysis), columns), _set(expected, columns)
        assert len(found) == len(wanted), analysis
        wrong = [(f, w) for f, w in zip(found, wanted) if f != w]
        assert not wrong, (analysis, len(wrong), wrong[:3])
