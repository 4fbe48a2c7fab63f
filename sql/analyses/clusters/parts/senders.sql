-- The hosts that sent flows, and how evenly over the minutes.
-- grain:  one row per host and window of HOST_CLUSTERS_MINUTES in which it sent flows
-- params: HOST_CLUSTERS_MINUTES  whole number from 1 to 1440: length of a window
--
-- Replies are no calls, and are left out.
CREATE VIEW senders AS
WITH sent_1m AS (
  SELECT
    window_time AS rowtime,
    src_addr,
    COUNT(*) AS flow_count
  FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
  WHERE NOT is_reply
  GROUP BY window_start, window_end, window_time, src_addr
)

SELECT
  window_start,
  window_end,
  src_addr,
  SUM(flow_count * flow_count) AS minute_squares
FROM TABLE(
  TUMBLE(TABLE sent_1m, DESCRIPTOR(rowtime), INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE(4))
)
GROUP BY window_start, window_end, src_addr
