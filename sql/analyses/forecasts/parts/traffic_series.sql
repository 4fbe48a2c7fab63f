-- Traffic as series over time: of all, of each protocol, service, source and destination; the largest of each type.
-- grain:  one row per series and window of FORECAST_MINUTES in which it is among the FORECAST_SERIES largest of its type
-- params: FORECAST_MINUTES  whole number from 1 to 720 that divides 1440: length of a step; one value of a series
-- params: FORECAST_SERIES   whole number from 1: series kept of each type and step, those of most octets
CREATE VIEW traffic_series AS
SELECT
  window_start,
  window_end,
  rowtime,
  TIMESTAMPDIFF(MINUTE, TIMESTAMP '1970-01-01 00:00:00', window_start)
  / CAST('${FORECAST_MINUTES:-5}' AS INT) AS step_number,
  entity_type,
  entity,
  octets
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end, entity_type ORDER BY octets DESC, entity ASC
    ) AS `rank`
  FROM (
    SELECT
      window_start,
      window_end,
      window_time AS rowtime,
      entity_type,
      entity,
      SUM(octets) AS octets
    FROM TABLE(
      TUMBLE(
        TABLE traffic_per_entity, DESCRIPTOR(rowtime), INTERVAL '${FORECAST_MINUTES:-5}' MINUTE(4)
      )
    )
    GROUP BY window_start, window_end, window_time, entity_type, entity
  )
)
WHERE `rank` <= CAST('${FORECAST_SERIES:-20}' AS BIGINT)
