-- How many flows had which size: the exact distribution, from which percentiles over longer windows are taken.
-- grain:  one row per size in octets and ten-second window
CREATE VIEW flow_sizes_10s AS
SELECT
  window_time AS rowtime,
  octets_out + COALESCE(octets_in, 0) AS octets,
  COUNT(*) AS flows
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, window_time, octets_out + COALESCE(octets_in, 0)
