-- What was seen of each host, from three sides: what it sent, what others sent to it, how evenly it sent.
-- grain:  one row per side, host and window of HOST_CLUSTERS_MINUTES
-- params: HOST_CLUSTERS_MINUTES  length of a window, 1 to 60
CREATE VIEW host_counts AS
SELECT
  window_time AS rowtime,
  src_addr AS host,
  SUM(flows) AS flows,
  SUM(
    CASE
      WHEN conn_state IN ('S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR') THEN flows ELSE 0
    END
  ) AS failed,
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
    TABLE traffic_per_flow_key_1m,
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
  SUM(flows) AS flows_in,
  SUM(octets) AS octets_in,
  COUNT(DISTINCT src_addr) AS peers_in,
  COUNT(DISTINCT dst_port) AS ports_in
FROM TABLE(
  TUMBLE(
    TABLE traffic_per_flow_key_1m,
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
  SUM(flows * flows) AS minute_squares,
  CAST(0 AS BIGINT) AS flows_in,
  CAST(0 AS BIGINT) AS octets_in,
  CAST(0 AS BIGINT) AS peers_in,
  CAST(0 AS BIGINT) AS ports_in
FROM TABLE(
  TUMBLE(
    TABLE sent_per_src_1m,
    DESCRIPTOR(rowtime),
    INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time, src_addr
