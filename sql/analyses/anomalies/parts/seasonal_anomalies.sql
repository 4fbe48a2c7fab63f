-- Sources that send far more or far less than is expected at this time of day: residuals against a forecast.
-- grain:  one row per src_addr, window of a quarter of an hour and metric that departs from it; of destinations the metric
--         is the most in a minute
-- params: SEASONAL_DAYS       whole number from 2 to 366: longest history, in days; rows begin after two of them
-- params: SEASONAL_THRESHOLD  number above 0: standard deviations from the forecast, of logarithms (method seasonal)
-- params: MIN_OCTETS, MIN_PACKETS, MIN_FLOWS, MIN_DESTINATIONS  number above 0: the smallest change worth a row
CREATE VIEW seasonal_anomalies AS
SELECT
  window_start,
  window_end,
  rowtime,
  src_addr,
  metric,
  detection_method,
  observed,
  expected,
  lower_bound,
  upper_bound,
  score,
  n_samples,
  threshold,
  direction
FROM (
  SELECT
    window_start,
    window_end,
    rowtime,
    src_addr,
    ARRAY_AGG(step_number) OVER history AS step_numbers,
    ARRAY_AGG(octets) OVER history AS octets,
    ARRAY_AGG(packets) OVER history AS packets,
    ARRAY_AGG(flow_count) OVER history AS flow_counts,
    ARRAY_AGG(destinations) OVER history AS destinations,
    step_number - MIN(step_number) OVER history AS n_steps,
    GREATEST(
      MAX(octets) OVER history / CAST('${MIN_OCTETS:-1000000}' AS DOUBLE),
      MAX(packets) OVER history / CAST('${MIN_PACKETS:-1000}' AS DOUBLE),
      MAX(flow_count) OVER history / CAST('${MIN_FLOWS:-100}' AS DOUBLE),
      MAX(destinations) OVER history / CAST('${MIN_DESTINATIONS:-50}' AS DOUBLE)
    ) AS weight
  FROM sent_or_silent_15m
  WINDOW history AS (
    PARTITION BY src_addr ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${SEASONAL_DAYS:-8}' DAY(3) PRECEDING AND CURRENT ROW
  )
)
CROSS JOIN LATERAL TABLE(
  seasonal_scores(
    step_numbers,
    octets,
    packets,
    flow_counts,
    destinations,
    ARRAY[
      CAST('${MIN_OCTETS:-1000000}' AS DOUBLE),
      CAST('${MIN_PACKETS:-1000}' AS DOUBLE),
      CAST('${MIN_FLOWS:-100}' AS DOUBLE),
      CAST('${MIN_DESTINATIONS:-50}' AS DOUBLE)
    ],
    CAST('${SEASONAL_THRESHOLD:-4}' AS DOUBLE),
    96
  )
)
  AS scores(
    metric,
    detection_method,
    observed,
    expected,
    lower_bound,
    upper_bound,
    score,
    n_samples,
    threshold,
    direction
  )
WHERE n_steps >= 192 AND weight >= 1
