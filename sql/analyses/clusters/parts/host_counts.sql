-- What was seen of each host, from three sides: what it sent, what others sent to it, how evenly it sent.
-- grain:  one row per side, host and window of HOST_CLUSTERS_MINUTES
-- params: HOST_CLUSTERS_MINUTES  length of a window, 1 to 60
CREATE VIEW host_counts AS
WITH flow_keys AS (
  SELECT
    rowtime,
    src_addr,
    dst_addr,
    dst_port,
    flow_count,
    failed_flow_count,
    octets,
    octets_out
  FROM traffic_per_flow_key_1m
),

minutes AS (
  SELECT
    rowtime,
    src_addr,
    flow_count
  FROM sent_per_src_1m
)

SELECT
  window_time AS rowtime,
  src_addr AS host,
  SUM(flow_count) AS flows,
  SUM(failed_flow_count) AS failed,
  SUM(octets_out) AS octets_sent,
  SUM(octets - octets_out) AS octets_received,
  COUNT(DISTINCT dst_addr) AS peers,
  COUNT(DISTINCT dst_port) AS ports,
  CAST(0 AS BIGINT) AS minute_squares,
  CAST(0 AS BIGINT) AS flows_in,
  CAST(0 AS BIGINT) AS octets_in,
  CAST(0 AS BIGINT) AS peers_in,
  CAST(0 AS BIGINT) AS ports_in
FROM TABLE(
  TUMBLE(
    TABLE flow_keys,
    DESCRIPTOR(rowtime),
    INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time, src_addr
UNION ALL
SELECT
  window_time AS rowtime,
  dst_addr AS host,
  CAST(0 AS BIGINT) AS flows,
  CAST(0 AS BIGINT) AS failed,
  CAST(0 AS BIGINT) AS octets_sent,
  CAST(0 AS BIGINT) AS octets_received,
  CAST(0 AS BIGINT) AS peers,
  CAST(0 AS BIGINT) AS ports,
  CAST(0 AS BIGINT) AS minute_squares,
  SUM(flow_count) AS flows_in,
  SUM(octets) AS octets_in,
  COUNT(DISTINCT src_addr) AS peers_in,
  COUNT(DISTINCT dst_port) AS ports_in
FROM TABLE(
  TUMBLE(
    TABLE flow_keys,
    DESCRIPTOR(rowtime),
    INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time, dst_addr
UNION ALL
SELECT
  window_time AS rowtime,
  src_addr AS host,
  CAST(0 AS BIGINT) AS flows,
  CAST(0 AS BIGINT) AS failed,
  CAST(0 AS BIGINT) AS octets_sent,
  CAST(0 AS BIGINT) AS octets_received,
  CAST(0 AS BIGINT) AS peers,
  CAST(0 AS BIGINT) AS ports,
  SUM(flow_count * flow_count) AS minute_squares,
  CAST(0 AS BIGINT) AS flows_in,
  CAST(0 AS BIGINT) AS octets_in,
  CAST(0 AS BIGINT) AS peers_in,
  CAST(0 AS BIGINT) AS ports_in
FROM TABLE(
  TUMBLE(
    TABLE minutes,
    DESCRIPTOR(rowtime),
    INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time, src_addr
