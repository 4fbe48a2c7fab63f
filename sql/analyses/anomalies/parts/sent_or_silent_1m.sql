-- What each host sent, and zeros for the first minute in which it sends nothing: a dip to nothing is a row too.
-- grain:  one row per src_addr and one-minute window with traffic in it or in the minute before
CREATE VIEW sent_or_silent_1m AS
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
  window_end - INTERVAL '1' MINUTE AS window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  TIMESTAMPDIFF(MINUTE, TIMESTAMP '1970-01-01 00:00:00', window_end) AS minute_number,
  SUM(CASE WHEN is_current THEN flow_count ELSE 0 END) AS flow_count,
  SUM(CASE WHEN is_current THEN octets ELSE 0 END) AS octets,
  SUM(CASE WHEN is_current THEN packets ELSE 0 END) AS packets,
  SUM(CASE WHEN is_current THEN destinations ELSE 0 END) AS destinations
FROM (
  SELECT
    *,
    rowtime >= window_end - INTERVAL '1' MINUTE AS is_current
  FROM TABLE(
    HOP(
      TABLE minutes,
      DESCRIPTOR(rowtime),
      INTERVAL '1' MINUTE,
      INTERVAL '2' MINUTE
    )
  )
)
GROUP BY window_start, window_end, window_time, src_addr
