-- The forecast made of each series at the end of each step, of the steps that follow, from the history up to then.
-- grain:  one row per series and window of FORECAST_MINUTES with enough history; forecast_steps has a row per step ahead
-- params: FORECAST_HISTORY_DAYS  whole number from 1 to 366: longest history; from two days on the time of day counts
-- params: FORECAST_STEPS         whole number from 1: steps ahead
-- params: FORECAST_LEVEL         share in (0, 1): part of what comes that should lie within the bounds
--
-- Whole histories are expensive to pass to Python: a series with too few values is filtered out here.
CREATE VIEW forecasts_made AS
SELECT
  window_start,
  window_end,
  rowtime,
  step_number,
  entity_type,
  entity,
  octets,
  n_samples,
  SERIES_FORECAST(
    step_numbers,
    history_octets,
    CAST('${FORECAST_STEPS:-12}' AS INT),
    1440 / CAST('${FORECAST_MINUTES:-5}' AS INT),
    CAST('${FORECAST_LEVEL:-0.9}' AS DOUBLE)
  ) AS forecast_steps
FROM (
  SELECT
    *,
    COUNT(*) OVER history AS n_samples,
    ARRAY_AGG(step_number) OVER history AS step_numbers,
    ARRAY_AGG(octets) OVER history AS history_octets
  FROM traffic_series
  WINDOW history AS (
    PARTITION BY entity_type, entity ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${FORECAST_HISTORY_DAYS:-8}' DAY(3) PRECEDING AND CURRENT ROW
  )
)
WHERE n_samples >= 16
