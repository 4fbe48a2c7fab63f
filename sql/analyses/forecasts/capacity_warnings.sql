-- Series that may soon exceed their capacity, and from when on.
-- grain:  one row per series with a capacity and window of FORECAST_MINUTES at whose end a step ahead may exceed it
-- columns: window_start, window_end  the last window that the forecast knows
-- columns: entity_type, entity  the series: all, protocol, service, src_addr or dst_addr, and its name
-- columns: exceeded_from     start of the first step whose upper bound exceeds the capacity
-- columns: steps_ahead       that step, counted from the window
-- columns: capacity_mbps     capacity, Mbit/s
-- columns: forecast_mbps     forecast of that step, Mbit/s
-- columns: upper_bound_mbps  upper bound of that step, Mbit/s
-- columns: is_expected       whether the forecast itself exceeds the capacity
-- demo:   CAPACITIES=all=10
-- misses: what flows longer than a minute carried in minutes that had closed; series that are not in CAPACITIES; what is further ahead than FORECAST_STEPS; peaks shorter than a step
--
-- Windows are assigned once more, since none are known behind the history of forecasts_made.
CREATE VIEW capacity_warnings AS
SELECT
  window_start,
  window_end,
  entity_type,
  entity,
  window_start + steps_ahead * INTERVAL '${FORECAST_MINUTES:-5}' MINUTE(3) AS exceeded_from,
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
    ) AS `rank`
  FROM TABLE(
    TUMBLE(
      TABLE capacities_exceeded, DESCRIPTOR(rowtime), INTERVAL '${FORECAST_MINUTES:-5}' MINUTE(4)
    )
  )
)
WHERE `rank` = 1
