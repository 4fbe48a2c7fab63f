-- The roll-up on which the statistics stand: traffic between two hosts by protocol and service.
-- grain:  one row per src_addr, dst_addr, protocol, service and ten-second window
CREATE VIEW traffic_per_pair_10s AS
SELECT
  window_time AS rowtime,
  src_addr,
  dst_addr,
  protocol,
  service,
  MIN(flow_start) AS first_start,
  MAX(CAST(flow_end AS TIMESTAMP_LTZ(3))) AS last_end,
  COUNT(*) AS flows,
  SUM(octets_out + COALESCE(octets_in, 0)) AS octets,
  SUM(packets_out + COALESCE(packets_in, 0)) AS packets
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, window_time, src_addr, dst_addr, protocol, service
