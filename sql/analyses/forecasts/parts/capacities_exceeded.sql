-- Steps ahead whose upper bound exceeds the capacity of their series.
-- grain:  one row per series with a capacity, window of FORECAST_MINUTES in which a forecast is made, and such a step ahead
-- params: CAPACITIES  numbers by all | protocol * | service * | src_addr * | dst_addr *: capacities of series, Mbit/s
CREATE VIEW capacities_exceeded AS
SELECT *
FROM (
  SELECT
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
