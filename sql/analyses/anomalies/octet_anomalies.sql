-- Sources that send far more or far less than in their own past: of the last minutes, or of this time of day.
-- grain:  one row per src_addr, window, metric and method that departs from the baseline; a window is one minute for the
--         methods z and robust, a quarter of an hour for the method seasonal
-- misses: hosts with fewer than MIN_SAMPLES minutes of history, two days for seasonal; z and robust: changes as slow as the
--         history is long; seasonal: what is short beside a quarter of an hour, and the absence of
--         a host that was silent in the quarter before too
--
-- What comes every night is an anomaly to the last minutes, and its absence is none; to the time of day it is the other
-- way round, once it has been seen for three days.
CREATE VIEW octet_anomalies AS
SELECT
  window_start,
  window_end,
  'src_addr' AS entity_type,
  src_addr AS entity,
  metric,
  detection_method AS `method`,
  observed,
  expected,
  lower_bound,
  upper_bound,
  score,
  n_samples,
  threshold,
  direction
FROM (
  SELECT *
  FROM recent_anomalies
  UNION ALL
  SELECT *
  FROM seasonal_anomalies
)
