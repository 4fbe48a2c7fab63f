-- Series that may soon need more than their capacity, and from when on.
-- grain:  one row per series with a capacity and window of FORECAST_MINUTES at whose end a step ahead may exceed it
-- params: FORECAST_MINUTES  length of a step
-- misses: series that are not in CAPACITIES; what is further ahead than FORECAST_STEPS; peaks shorter than a step
--
-- The first step is told whose upper bound exceeds the capacity; is_expected says whether the forecast itself does.
CREATE VIEW capacity_warnings AS
SELECT
  step_start + INTERVAL '${FORECAST_MINUTES:-5}' MINUTE AS made_at,
  entity_type,
  entity,
  step_start + steps_ahead * INTERVAL '${FORECAST_MINUTES:-5}' MINUTE AS exceeded_from,
  steps_ahead,
  capacity_mbps,
  forecast_mbps,
  upper_bound_mbps,
  forecast_mbps > capacity_mbps AS is_expected
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end, entity_type, entity ORDER BY steps_ahead ASC
    ) AS place
  FROM TABLE(
    TUMBLE(
      TABLE capacities_exceeded, DESCRIPTOR(rowtime), INTERVAL '${FORECAST_MINUTES:-5}' MINUTE
    )
  )
)
WHERE place = 1
