-- Traffic in fixed ten-second windows.
-- grain:  one row per protocol, service and ten-second window with traffic
-- misses: nothing; octets and packets count both directions where the exporter sees both
CREATE VIEW traffic_per_10s AS
SELECT
  slice_start AS window_start,
  slice_end AS window_end,
  protocol,
  service,
  flows,
  octets,
  packets,
  CAST(octets AS DOUBLE) / flows AS octets_per_flow_mean,
  src_addrs_distinct,
  dst_addrs_distinct
FROM traffic_per_service_10s
