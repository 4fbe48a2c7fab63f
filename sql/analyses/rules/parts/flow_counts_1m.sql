-- The number of flows.
-- grain:  one row per minute with traffic
CREATE VIEW flow_counts_1m AS
SELECT
  window_time AS rowtime,
  COUNT(*) AS flow_count
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time
