-- Sources that send far more or far less than in their own past: of the last minutes, or at this time of day.
-- grain:  one row per source, window, metric and method that departs from the baseline; a window is one minute for the
--         methods z and robust, a quarter of an hour for the method seasonal
-- columns: window_start, window_end  the minute, or the quarter of an hour
-- columns: entity_type, entity  src_addr, and the address of the source
-- columns: metric       octets, packets, flows or destinations: what is measured of what the source sent
-- columns: method       z, robust or seasonal: how the baseline is estimated
-- columns: observed     value of the metric in this window
-- columns: expected     mean (z), median (robust) or forecast (seasonal) from the past
-- columns: lower_bound, upper_bound  bounds that a value must leave to be an anomaly
-- columns: score        distance from expected in deviations, negative for a dip; of logarithms if seasonal
-- columns: n_samples    number of windows in the history
-- columns: threshold    smallest score, plus or minus, of an anomaly
-- columns: direction    spike or dip
-- misses: what flows longer than a minute carried in minutes that had closed, which backfilled_traffic has and no baseline
--         knows; hosts with fewer than MIN_SAMPLES minutes of history, or two days for seasonal; z and robust: changes as slow as
--         the history is long; seasonal: what is short compared with a quarter of an hour, and the absence of a host that
--         was already silent in the quarter before
--
-- What comes every night is an anomaly compared with the last minutes, and its absence is none; compared with the time of
-- day it is the reverse, once it has been seen for three days.
CREATE VIEW host_anomalies AS
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
