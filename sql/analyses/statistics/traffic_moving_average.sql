-- Moving sum, mean and 95th percentile of flow sizes over the last minute, every ten seconds.
-- grain:  one row per one-minute window, sliding by ten seconds, with traffic
-- params: AVERAGE_SECONDS  length of the window, a multiple of ten
-- misses: nothing; the percentile is exact, interpolated between neighbours
CREATE VIEW traffic_moving_average AS
SELECT
  window_start,
  window_end,
  COUNT(*) AS flows,
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
