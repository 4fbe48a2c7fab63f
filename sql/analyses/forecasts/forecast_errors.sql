-- How good the forecasts were: each beside what was observed, as soon as it is known.
-- grain:  one row per series, window of FORECAST_MINUTES and steps_ahead with which a forecast of it had been made
-- params: FORECAST_SCORE_HOURS  whole number from 1 to 999: time over which coverage and mean_scaled_error are taken
-- columns: window_start, window_end  the window that was forecast
-- columns: entity_type, entity  the series: all, protocol, service, src_addr or dst_addr, and its name
-- columns: steps_ahead        how many windows before the forecast was made
-- columns: observed           octets of the window
-- columns: forecast           octets that were forecast
-- columns: lower_bound, upper_bound  bounds of the forecast, octets
-- columns: is_within          whether observed is within the bounds
-- columns: absolute_error     distance of the forecast from observed, octets
-- columns: relative_error     absolute_error as a share of observed; NULL if that is 0
-- columns: scaled_error       absolute_error / mean change per step (MASE); below 1 beats the last value
-- columns: coverage           share of recent windows within the bounds, from 0 to 1
-- columns: mean_scaled_error  mean of scaled_error over the same windows
-- columns: n_forecasts        number of these windows
-- misses: what flows longer than a minute carried in minutes that had closed; windows in which a series has no traffic, or is not among the FORECAST_SERIES largest; forecasts made more than
--         FORECAST_MEMORY_HOURS before, which must be FORECAST_STEPS steps or longer
--
-- MASE: Hyndman and Koehler, Another look at measures of forecast accuracy, 2006.
CREATE VIEW forecast_errors AS
SELECT
  window_start,
  window_end,
  entity_type,
  entity,
  steps_ahead,
  observed,
  forecast,
  lower_bound,
  upper_bound,
  is_within,
  absolute_error,
  relative_error,
  scaled_error,
  AVG(CASE WHEN is_within THEN CAST(1 AS DOUBLE) ELSE CAST(0 AS DOUBLE) END)
    OVER recent
    AS coverage,
  AVG(scaled_error) OVER recent AS mean_scaled_error,
  COUNT(*) OVER recent AS n_forecasts
FROM (
  SELECT
    *,
    observed BETWEEN lower_bound AND upper_bound AS is_within,
    ABS(forecast - observed) AS absolute_error,
    ABS(forecast - observed) / NULLIF(observed, 0) AS relative_error,
    ABS(forecast - observed) / NULLIF(naive_error, 0) AS scaled_error
  FROM scored_forecasts
)
WINDOW recent AS (
  PARTITION BY entity_type, entity, steps_ahead ORDER BY rowtime
  RANGE BETWEEN INTERVAL '${FORECAST_SCORE_HOURS:-24}' HOUR(3) PRECEDING AND CURRENT ROW
)
