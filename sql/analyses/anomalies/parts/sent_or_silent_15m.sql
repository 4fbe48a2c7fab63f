-- What each host sent in a quarter of an hour, and zeros for the first quarter of an hour in which it sends nothing.
-- grain:  one row per src_addr and window of a quarter of an hour with traffic in it or in the window before
CREATE VIEW sent_or_silent_15m AS
SELECT
  window_end - INTERVAL '15' MINUTE AS window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  TIMESTAMPDIFF(MINUTE, TIMESTAMP '1970-01-01 00:00:00', window_end) / 15 AS step_number,
  SUM(CASE WHEN is_current THEN flow_count ELSE 0 END) AS flow_count,
  SUM(CASE WHEN is_current THEN octets ELSE 0 END) AS octets,
  SUM(CASE WHEN is_current THEN packets ELSE 0 END) AS packets,
  SUM(CASE WHEN is_current THEN destinations ELSE 0 END) AS destinations
FROM (
  SELECT
    *,
    rowtime >= window_end - INTERVAL '15' MINUTE AS is_current
  FROM TABLE(
    HOP(
      TABLE sent_per_src_15m,
      DESCRIPTOR(rowtime),
      INTERVAL '15' MINUTE,
      INTERVAL '30' MINUTE
    )
  )
)
GROUP BY window_start, window_end, window_time, src_addr
