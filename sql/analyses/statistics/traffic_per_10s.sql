-- Traffic in fixed ten-second windows.
-- grain:  one row per protocol, service and ten-second window with traffic
-- misses: nothing; octets and packets count both directions where the exporter sees both
CREATE VIEW traffic_per_10s AS
SELECT
  window_start,
  window_end,
  protocol,
  service,
  flow_count AS flows,
  octets,
  packets,
  CAST(octets AS DOUBLE) / flow_count AS octets_per_flow_mean,
  src_addrs_distinct,
  dst_addrs_distinct
FROM traffic_per_service_10s
