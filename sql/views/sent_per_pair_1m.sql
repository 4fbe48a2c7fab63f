-- What one host sent to another.
-- grain:  one row per src_addr, dst_addr and one-minute window
CREATE VIEW sent_per_pair_1m AS
SELECT
  window_time AS rowtime,
  src_addr,
  dst_addr,
  COUNT(*) AS flows,
  SUM(octets_out) AS octets,
  SUM(packets_out) AS packets
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time, src_addr, dst_addr
