-- Sessions of each source: how long, how much, with how many; a host that falls silent shows since when.
-- grain:  one row per source and stretch of activity without a gap of SESSION_GAP_MINUTES
-- params: SESSION_GAP_MINUTES  whole number from 1 to 999: silence that ends a session, between one-minute windows
-- columns: window_start  start of the first flow
-- columns: window_end    end of the last flow: silent since
-- columns: entity_type, entity  src_addr, and the address of the source
-- columns: duration_s    from window_start to window_end, seconds
-- columns: flow_count    flows that it opened
-- columns: octets        octets of both directions
-- columns: packets       packets of both directions
-- columns: dst_addrs_distinct  number of destinations
-- misses: hosts that are still active; their session is written when it ends; a flow counts when it has ended
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
  CAST(MIN(first_start) AS TIMESTAMP(3)) AS window_start,
  CAST(MAX(last_end) AS TIMESTAMP(3)) AS window_end,
  'src_addr' AS entity_type,
  src_addr AS entity,
  TIMESTAMPDIFF(SECOND, MIN(first_start), MAX(last_end)) AS duration_s,
  SUM(flow_count) AS flow_count,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  COUNT(DISTINCT dst_addr) AS dst_addrs_distinct
FROM TABLE(
  SESSION(
    TABLE minutes PARTITION BY src_addr,
    DESCRIPTOR(rowtime),
    INTERVAL '${SESSION_GAP_MINUTES:-10}' MINUTE(4)
  )
)
GROUP BY window_start, window_end, src_addr
