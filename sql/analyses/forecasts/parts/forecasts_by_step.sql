-- The steps of the forecasts made.
-- grain:  one row per series, window of FORECAST_MINUTES in which a forecast is made, and step ahead
CREATE VIEW forecasts_by_step AS
SELECT
  window_start,
  window_end,
  rowtime,
  entity_type,
  entity,
  n_samples,
  steps_ahead,
  forecast,
  lower_bound,
  upper_bound
FROM forecasts_made
CROSS JOIN UNNEST(forecast_steps)
  AS ahead(steps_ahead, forecast, lower_bound, upper_bound, naive_error)
