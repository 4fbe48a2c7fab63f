-- Steps ahead whose upper bound exceeds the capacity of their series.
-- grain:  one row per series with a capacity, window of FORECAST_MINUTES in which a forecast is made, and such a step ahead
-- params: CAPACITIES        megabits per second by series, such as: all=1000, service dns=5, src_addr 10.0.0.7=200
-- params: FORECAST_MINUTES  length of a step
CREATE VIEW capacities_exceeded AS
SELECT *
FROM (
  SELECT
    window_start AS step_start,
    rowtime,
    entity_type,
    entity,
    steps_ahead,
    forecast * 8 / 60 / 1000000 / CAST('${FORECAST_MINUTES:-5}' AS DOUBLE) AS forecast_mbps,
    upper_bound * 8 / 60 / 1000000 / CAST('${FORECAST_MINUTES:-5}' AS DOUBLE) AS upper_bound_mbps,
    CAST(
      STR_TO_MAP('${CAPACITIES:-}', '\s*,\s*', '\s*=\s*')[
        CASE entity_type WHEN 'all' THEN 'all' ELSE CONCAT(entity_type, ' ', entity) END
      ] AS DOUBLE
    ) AS capacity_mbps
  FROM forecasts_by_step
)
WHERE upper_bound_mbps > capacity_mbps
