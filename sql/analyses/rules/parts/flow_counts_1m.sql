-- The number of flows.
-- grain:  one row per minute with traffic
--
-- Replies are no calls, and are left out, as of flow keys.
CREATE VIEW flow_counts_1m AS
SELECT
  window_time AS rowtime,
  COUNT(*) AS flow_count
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
WHERE NOT is_reply
GROUP BY window_start, window_end, window_time
