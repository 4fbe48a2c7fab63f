-- Sessions of each source: how long, how much, with how many; a host that falls silent shows since when.
-- grain:  one row per src_addr and stretch of activity without a gap of SESSION_GAP_MINUTES
-- params: SESSION_GAP_MINUTES  silence that ends a session, measured between one-minute windows
-- misses: hosts that are still active; their session is written when it ends
CREATE VIEW host_sessions AS
WITH minutes AS (
  SELECT
    rowtime,
    src_addr,
    dst_addr,
    first_start,
    last_end,
    flow_count,
    octets,
    packets
  FROM traffic_per_pair_1m
)

SELECT
  MIN(first_start) AS session_start,
  MAX(last_end) AS silent_since,
  src_addr,
  TIMESTAMPDIFF(SECOND, MIN(first_start), MAX(last_end)) AS duration_s,
  SUM(flow_count) AS flows,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  COUNT(DISTINCT dst_addr) AS dst_addrs_distinct
FROM TABLE(
  SESSION(
    TABLE minutes PARTITION BY src_addr,
    DESCRIPTOR(rowtime),
    INTERVAL '${SESSION_GAP_MINUTES:-10}' MINUTE
  )
)
GROUP BY window_start, window_end, src_addr
