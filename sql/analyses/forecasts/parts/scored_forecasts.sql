-- What came, beside each forecast that had been made of it.
-- grain:  one row per series, window of FORECAST_MINUTES and steps_ahead with which a forecast of it had been made
-- params: FORECAST_MEMORY_HOURS  how long a forecast waits for what comes, FORECAST_STEPS steps or longer
CREATE VIEW scored_forecasts AS
SELECT
  window_start,
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
    rowtime,
    step_number,
    entity_type,
    entity,
    octets,
    ARRAY_AGG(ROW(step_number, forecast_steps)) OVER lately AS forecasts
  FROM forecasts_made
  WINDOW lately AS (
    PARTITION BY entity_type, entity ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${FORECAST_MEMORY_HOURS:-2}' HOUR PRECEDING AND CURRENT ROW
  )
)
CROSS JOIN UNNEST(forecasts) AS made(made_step_number, forecast_steps)
CROSS JOIN
  UNNEST(forecast_steps)
    AS ahead(steps_ahead, forecast, lower_bound, upper_bound, naive_error)
WHERE made_step_number + steps_ahead = step_number
