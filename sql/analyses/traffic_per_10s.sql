-- Traffic in fixed ten-second windows.
-- grain:  one row per protocol, service and ten-second window with traffic
-- misses: nothing; octets and packets count both directions where the exporter sees both
CREATE VIEW traffic_per_10s AS
SELECT
  window_start,
  window_end,
  protocol,
  service,
  SUM(flows) AS flows,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  CAST(SUM(octets) AS DOUBLE) / SUM(flows) AS octets_per_flow_mean,
  COUNT(DISTINCT src_addr) AS src_addrs_distinct,
  COUNT(DISTINCT dst_addr) AS dst_addrs_distinct
FROM TABLE(TUMBLE(TABLE traffic_per_pair_10s, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, protocol, service
