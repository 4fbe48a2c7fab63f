-- Why host_anomalies has a row: what of a host's flows carries the excess over its past, or the loss.
-- grain:  one row per source, one-minute window, metric that departs from the baseline, and rank
-- params: HISTORY_MINUTES   whole number from 2 to 999: length of the baseline, without the current minute
-- params: EXPLANATION_MIN_SHARE  share in (0, 1]: smallest share of the difference worth a row
-- params: EXPLANATIONS           whole number from 1: most rows for a metric of a host's minute
-- columns: window_start, window_end  the minute
-- columns: entity_type, entity  src_addr, and the address of the source
-- columns: metric             octets, packets, flows or destinations: what departs from the baseline
-- columns: direction          spike or dip
-- columns: rank               1 for the part that carries most of the difference
-- columns: difference_share   share of the difference; above 1 if other traffic went the other way
-- columns: observed, expected  the metric of this part in this minute, and in a typical one of the past
-- columns: dst_addr           destination of the part's flows; NULL if they have several
-- columns: dst_port           destination port of the part's flows; NULL if they have several or none
-- columns: protocol           protocol of the part's flows; NULL if they have several
-- columns: service            service of the part's flows; NULL if they have several, or it is unknown
-- columns: conn_state         state of the part's flows; NULL if they have several, or it is unknown
-- columns: explanation        the part and its share in a sentence
-- columns: unexplained_share  share of the difference that no row explains, from 0 to 1
-- columns: kinds_full         kinds of parts of which there were too many, so that some were not counted
-- order:  entity, metric, rank
-- misses: what flows longer than a minute carried in minutes that had closed; departures from the time of day (method seasonal); differences spread evenly over many destinations, ports and
--         states (see unexplained_share); item sets beyond EXPLANATION_ITEM_SETS (see kinds_full)
--
-- The difference is that from the mean of those minutes of the history that lie within the bounds, minutes without traffic
-- counted as zero. Past item sets too small to matter alone are not in that mean. Rows may overlap: the flows of one
-- destination may be those of one state too.
CREATE VIEW anomaly_explanations AS
SELECT
  window_start,
  window_end,
  'src_addr' AS entity_type,
  src_addr AS entity,
  metric,
  direction,
  `rank`,
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
    window_start,
    window_end,
    src_addr,
    anomalies,
    ARRAY_AGG(item_sets) OVER (
      PARTITION BY src_addr ORDER BY rowtime
      RANGE BETWEEN INTERVAL '${HISTORY_MINUTES:-30}' MINUTE(3) PRECEDING AND CURRENT ROW
    ) AS item_sets
  FROM sent_profile_1m
)
CROSS JOIN LATERAL TABLE(
  explanations(
    anomalies,
    item_sets,
    CAST('${EXPLANATION_MIN_SHARE:-0.1}' AS DOUBLE),
    CAST('${EXPLANATIONS:-3}' AS INT),
    CAST('${EXPLANATION_ITEM_SETS:-10}' AS INT)
  )
)
  AS parts(
    metric,
    direction,
    `rank`,
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
WHERE anomalies IS NOT NULL
