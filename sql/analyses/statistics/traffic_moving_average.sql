-- Moving sum, mean and 95th percentile of flow sizes over the last minute, every ten seconds.
-- grain:  one row per window of AVERAGE_SECONDS, sliding by ten seconds, with traffic
-- params: AVERAGE_SECONDS  whole number from 10 to 990 that is a multiple of 10: length of the window
-- columns: window_start, window_end  the window
-- columns: flow_count  flows of the window
-- columns: octets      octets of both directions
-- columns: octets_per_flow_mean  mean octets per flow, both directions
-- columns: octets_per_flow_p95   95th percentile of octets per flow, exact, interpolated between neighbours
-- misses: nothing; a flow counts wholly in the windows of its end, however long it was
CREATE VIEW traffic_moving_average AS
SELECT
  window_start,
  window_end,
  COUNT(*) AS flow_count,
  SUM(octets_out + COALESCE(octets_in, 0)) AS octets,
  CAST(SUM(octets_out + COALESCE(octets_in, 0)) AS DOUBLE) / COUNT(*) AS octets_per_flow_mean,
  PERCENTILE(octets_out + COALESCE(octets_in, 0), 0.95) AS octets_per_flow_p95
FROM TABLE(
  HOP(
    TABLE flows,
    DESCRIPTOR(flow_end),
    INTERVAL '10' SECOND,
    INTERVAL '${AVERAGE_SECONDS:-60}' SECOND(3)
  )
)
GROUP BY window_start, window_end
