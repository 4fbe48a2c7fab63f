-- What each host sent; of destinations, the most in a minute.
-- grain:  one row per src_addr and window of a quarter of an hour with traffic
CREATE VIEW sent_per_src_15m AS
SELECT
  window_time AS rowtime,
  src_addr,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  SUM(flows) AS flows,
  MAX(destinations) AS destinations
FROM TABLE(
  TUMBLE(TABLE sent_per_src_1m, DESCRIPTOR(rowtime), INTERVAL '15' MINUTE)
)
GROUP BY window_start, window_end, window_time, src_addr
