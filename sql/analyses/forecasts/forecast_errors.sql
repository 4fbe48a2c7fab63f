-- How good the forecasts were: each beside what came, as soon as it has come.
-- grain:  one row per series, window of FORECAST_MINUTES and steps_ahead with which a forecast of it had been made
-- params: FORECAST_SCORE_HOURS  over how long coverage and mean_scaled_error run
-- misses: windows in which a series has no traffic, or is not among the FORECAST_SERIES largest; forecasts made more than
--         FORECAST_MEMORY_HOURS before, which must be FORECAST_STEPS steps or longer
--
-- scaled_error is in mean changes of the series from one step to the next: below 1 is better than the last value is one
-- step ahead (MASE: Hyndman and Koehler, 2006). coverage is the share of windows within the bounds.
CREATE VIEW forecast_errors AS
SELECT
  window_start,
  window_start + INTERVAL '${FORECAST_MINUTES:-5}' MINUTE AS window_end,
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
    OVER lately
    AS coverage,
  AVG(scaled_error) OVER lately AS mean_scaled_error,
  COUNT(*) OVER lately AS n_forecasts
FROM (
  SELECT
    *,
    observed BETWEEN lower_bound AND upper_bound AS is_within,
    ABS(forecast - observed) AS absolute_error,
    ABS(forecast - observed) / NULLIF(observed, 0) AS relative_error,
    ABS(forecast - observed) / NULLIF(naive_error, 0) AS scaled_error
  FROM scored_forecasts
)
WINDOW lately AS (
  PARTITION BY entity_type, entity, steps_ahead ORDER BY rowtime
  RANGE BETWEEN INTERVAL '${FORECAST_SCORE_HOURS:-24}' HOUR PRECEDING AND CURRENT ROW
)
