-- What each host sent in a quarter of an hour, where that is enough to matter.
-- grain:  one row per src_addr and window of a quarter of an hour with a hundredth of the smallest change or more
-- params: MIN_OCTETS, MIN_PACKETS, MIN_FLOWS  the smallest change worth a row
--
-- Less is as good as zero, and would be kept for days.
CREATE VIEW sent_per_src_15m AS
SELECT
  window_time AS rowtime,
  src_addr,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  SUM(flows) AS flows
FROM TABLE(
  TUMBLE(TABLE sent_per_src_1m, DESCRIPTOR(rowtime), INTERVAL '15' MINUTE)
)
GROUP BY window_start, window_end, window_time, src_addr
HAVING
  GREATEST(
    SUM(octets) / CAST('${MIN_OCTETS:-1000000}' AS DOUBLE),
    SUM(packets) / CAST('${MIN_PACKETS:-1000}' AS DOUBLE),
    SUM(flows) / CAST('${MIN_FLOWS:-100}' AS DOUBLE)
  ) >= 0.01
