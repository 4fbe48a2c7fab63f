-- Sources that send far more or far less than in their own last minutes, by classic and robust z-scores.
-- grain:  one row per src_addr, one-minute window, metric and method (z, robust) that departs from the baseline
-- params: HISTORY_MINUTES   whole number from 2 to 999: length of the baseline, without the current minute
-- params: MIN_SAMPLES       whole number from 2 to 999: minutes of history before the first row
-- params: Z_THRESHOLD       number above 0: standard deviations from the mean (method z)
-- params: ROBUST_THRESHOLD  number above 0: scaled median absolute deviations from the median (method robust)
-- params: MIN_OCTETS, MIN_PACKETS, MIN_FLOWS, MIN_DESTINATIONS  number above 0: the smallest change worth a row
--
-- Minutes without traffic count as zero. Rows that cannot matter are left out here, because arrays are expensive
-- to pass to Python.
CREATE VIEW recent_anomalies AS
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
    ARRAY_AGG(minute_number) OVER history AS minutes,
    ARRAY_AGG(octets) OVER history AS octets,
    ARRAY_AGG(packets) OVER history AS packets,
    ARRAY_AGG(flow_count) OVER history AS flow_counts,
    ARRAY_AGG(destinations) OVER history AS destinations,
    minute_number - MIN(minute_number) OVER history AS n_minutes,
    GREATEST(
      MAX(octets) OVER history / CAST('${MIN_OCTETS:-1000000}' AS DOUBLE),
      MAX(packets) OVER history / CAST('${MIN_PACKETS:-1000}' AS DOUBLE),
      MAX(flow_count) OVER history / CAST('${MIN_FLOWS:-100}' AS DOUBLE),
      MAX(destinations) OVER history / CAST('${MIN_DESTINATIONS:-50}' AS DOUBLE)
    ) AS weight
  FROM sent_or_silent_1m
  WINDOW history AS (
    PARTITION BY src_addr ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${HISTORY_MINUTES:-30}' MINUTE(3) PRECEDING AND CURRENT ROW
  )
)
CROSS JOIN LATERAL TABLE(
  z_scores(
    minutes,
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
    CAST('${Z_THRESHOLD:-3}' AS DOUBLE),
    CAST('${ROBUST_THRESHOLD:-3.5}' AS DOUBLE)
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
WHERE n_minutes >= CAST('${MIN_SAMPLES:-10}' AS INT) AND weight >= 1
