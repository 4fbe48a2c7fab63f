-- What each host sent; of destinations, the most in a minute.
-- grain:  one row per src_addr and window of a quarter of an hour with traffic
CREATE VIEW sent_per_src_15m AS
WITH minutes AS (
  SELECT
    rowtime,
    src_addr,
    flow_count,
    octets,
    packets,
    destinations
  FROM sent_per_src_1m
)

SELECT
  window_time AS rowtime,
  src_addr,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  SUM(flow_count) AS flow_count,
  MAX(destinations) AS destinations
FROM TABLE(
  TUMBLE(TABLE minutes, DESCRIPTOR(rowtime), INTERVAL '15' MINUTE)
)
GROUP BY window_start, window_end, window_time, src_addr
