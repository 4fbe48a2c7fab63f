-- What each host sent.
-- grain:  one row per src_addr and one-minute window with traffic
CREATE VIEW sent_per_src_1m AS
SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  COUNT(*) AS flow_count,
  SUM(octets_out) AS octets,
  SUM(packets_out) AS packets,
  COUNT(DISTINCT dst_addr) AS destinations
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time, src_addr
