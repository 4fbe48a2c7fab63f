-- What was observed, beside each forecast that had been made of it.
-- grain:  one row per series, window of FORECAST_MINUTES and steps_ahead with which a forecast of it had been made
-- params: FORECAST_MEMORY_HOURS  whole number from 1 to 999: how long a forecast is kept; FORECAST_STEPS steps or longer
CREATE VIEW scored_forecasts AS
SELECT
  window_start,
  window_end,
  rowtime,
  entity_type,
  entity,
  steps_ahead,
  CAST(octets AS DOUBLE) AS observed,
  forecast,
  lower_bound,
  upper_bound,
  naive_error
FROM (
  SELECT
    window_start,
    window_end,
    rowtime,
    step_number,
    entity_type,
    entity,
    octets,
    ARRAY_AGG(ROW(step_number, forecast_steps)) OVER memory AS forecasts
  FROM forecasts_made
  WINDOW memory AS (
    PARTITION BY entity_type, entity ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${FORECAST_MEMORY_HOURS:-2}' HOUR(3) PRECEDING AND CURRENT ROW
  )
)
CROSS JOIN UNNEST(forecasts) AS made(made_step_number, forecast_steps)
CROSS JOIN
  UNNEST(forecast_steps)
    AS ahead(steps_ahead, forecast, lower_bound, upper_bound, naive_error)
WHERE made_step_number + steps_ahead = step_number
