-- Why octet_anomalies fires: what of a host's flows carries the excess over its past, or the loss.
-- grain:  one row per src_addr, one-minute window and metric that departs from the baseline, and place
-- params: HISTORY_MINUTES   length of the baseline, the current minute excluded
-- params: MIN_SAMPLES       minutes of history without which nothing is said
-- params: Z_THRESHOLD       standard deviations from the mean
-- params: ROBUST_THRESHOLD  scaled median absolute deviations from the median
-- params: MIN_OCTETS, MIN_PACKETS, MIN_FLOWS, MIN_DESTINATIONS  the smallest change worth a row
-- params: EXPLANATION_MIN_SHARE  share of the difference that is worth a row
-- params: EXPLANATIONS           how many places
-- columns: place              1 for what carries most of the difference
-- columns: difference_share   share of the difference; more than 1 where other traffic went the other way
-- columns: observed, expected  what this part has in this minute, and in a typical one of the past
-- columns: explanation        the other columns in a sentence
-- columns: unexplained_share  share of the difference that no row tells
-- columns: kinds_full         kinds of parts of which some were not counted, for there were too many
-- order:  entity, metric, place
-- misses: departures from the time of day (method seasonal); differences spread over many destinations, ports and states
--         alike: what no row tells is unexplained_share; item sets beyond EXPLANATION_ITEM_SETS (kinds_full says of how
--         many kinds there are so many)
--
-- The difference is that from the mean of those minutes of the history that lie within the bounds, minutes without traffic
-- counted as zero. Past item sets too small to matter alone are not in that mean. Rows may overlap: the flows of one
-- destination may be those of one state too.
CREATE VIEW anomaly_explanations AS
SELECT
  window_end - INTERVAL '1' MINUTE AS window_start,
  window_end,
  'src_addr' AS entity_type,
  src_addr AS entity,
  metric,
  direction,
  place,
  difference_share,
  observed,
  expected,
  dst_addr,
  dst_port,
  protocol,
  service,
  conn_state,
  explanation,
  unexplained_share,
  kinds_full
FROM (
  SELECT
    window_end,
    src_addr,
    ARRAY_AGG(minute_number) OVER history AS minutes,
    ARRAY_AGG(octets) OVER history AS octets,
    ARRAY_AGG(packets) OVER history AS packets,
    ARRAY_AGG(flows) OVER history AS flows,
    ARRAY_AGG(destinations) OVER history AS destinations,
    ARRAY_AGG(item_sets) OVER history AS item_sets,
    minute_number - MIN(minute_number) OVER history AS n_minutes,
    GREATEST(
      MAX(octets) OVER history / CAST('${MIN_OCTETS:-1000000}' AS DOUBLE),
      MAX(packets) OVER history / CAST('${MIN_PACKETS:-1000}' AS DOUBLE),
      MAX(flows) OVER history / CAST('${MIN_FLOWS:-100}' AS DOUBLE),
      MAX(destinations) OVER history / CAST('${MIN_DESTINATIONS:-50}' AS DOUBLE)
    ) AS weight
  FROM (
    SELECT
      *,
      TIMESTAMPDIFF(
        MINUTE, TO_TIMESTAMP_LTZ(0, 3), CAST(rowtime AS TIMESTAMP_LTZ(3))
      ) AS minute_number
    FROM sent_profile_1m
  )
  WINDOW history AS (
    PARTITION BY src_addr ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${HISTORY_MINUTES:-30}' MINUTE PRECEDING AND CURRENT ROW
  )
)
CROSS JOIN LATERAL TABLE(
  explanations(
    minutes,
    octets,
    packets,
    flows,
    destinations,
    item_sets,
    ARRAY[
      CAST('${MIN_OCTETS:-1000000}' AS DOUBLE),
      CAST('${MIN_PACKETS:-1000}' AS DOUBLE),
      CAST('${MIN_FLOWS:-100}' AS DOUBLE),
      CAST('${MIN_DESTINATIONS:-50}' AS DOUBLE)
    ],
    CAST('${Z_THRESHOLD:-3}' AS DOUBLE),
    CAST('${ROBUST_THRESHOLD:-3.5}' AS DOUBLE),
    CAST('${EXPLANATION_MIN_SHARE:-0.1}' AS DOUBLE),
    CAST('${EXPLANATIONS:-3}' AS INT),
    CAST('${EXPLANATION_ITEM_SETS:-10}' AS INT)
  )
)
  AS told(
    metric,
    direction,
    place,
    difference_share,
    observed,
    expected,
    dst_addr,
    dst_port,
    protocol,
    service,
    conn_state,
    explanation,
    unexplained_share,
    kinds_full
  )
WHERE n_minutes >= CAST('${MIN_SAMPLES:-10}' AS INT) AND weight >= 1
