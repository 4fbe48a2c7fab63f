-- Traffic between two hosts.
-- grain:  one row per src_addr, dst_addr and one-minute window with traffic
--
-- Replies are no calls and do not count as flows; their octets and packets count.
CREATE VIEW traffic_per_pair_1m AS
SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  dst_addr,
  MIN(flow_start) AS first_start,
  MAX(CAST(flow_end AS TIMESTAMP_LTZ(3))) AS last_end,
  COUNT(*) FILTER (WHERE NOT is_reply) AS flow_count,
  SUM(octets_out + COALESCE(octets_in, 0)) AS octets,
  SUM(packets_out + COALESCE(packets_in, 0)) AS packets
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time, src_addr, dst_addr
