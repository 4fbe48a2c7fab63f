-- Traffic by protocol and service: what the statistics over longer times add up.
-- grain:  one row per protocol, service and ten-second window with traffic
CREATE VIEW traffic_per_service_10s AS
SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  protocol,
  service,
  COUNT(*) AS flow_count,
  SUM(octets_out + COALESCE(octets_in, 0)) AS octets,
  SUM(packets_out + COALESCE(packets_in, 0)) AS packets,
  COUNT(DISTINCT src_addr) AS src_addrs_distinct,
  COUNT(DISTINCT dst_addr) AS dst_addrs_distinct
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, window_time, protocol, service
