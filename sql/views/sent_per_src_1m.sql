-- What each host sent.
-- grain:  one row per src_addr and one-minute window with traffic
CREATE VIEW sent_per_src_1m AS
SELECT
  window_time AS rowtime,
  src_addr,
  SUM(flows) AS flows,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  COUNT(*) AS destinations
FROM TABLE(TUMBLE(TABLE sent_per_pair_1m, DESCRIPTOR(rowtime), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time, src_addr
