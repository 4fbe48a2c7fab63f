-- The octets that are coming, with bounds: of all traffic, by protocol, service, source and destination.
-- grain:  one row per series, window of FORECAST_MINUTES in which a forecast is made, and step ahead
-- params: FORECAST_MINUTES  length of a step
-- misses: series with fewer than 16 values or known in less than half of their steps; a step without traffic, or in which
--         a series is not among the FORECAST_SERIES largest, is a gap, filled from its neighbours
--
-- made_at is the end of the last window that the forecast knows.
CREATE VIEW traffic_forecasts AS
SELECT
  window_start + steps_ahead * INTERVAL '${FORECAST_MINUTES:-5}' MINUTE AS window_start,
  window_start + (steps_ahead + 1) * INTERVAL '${FORECAST_MINUTES:-5}' MINUTE AS window_end,
  window_start + INTERVAL '${FORECAST_MINUTES:-5}' MINUTE AS made_at,
  entity_type,
  entity,
  steps_ahead,
  forecast,
  lower_bound,
  upper_bound,
  n_samples
FROM forecasts_by_step
