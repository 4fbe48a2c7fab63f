-- What detectors found, in one shape: who, when, and a sentence that a person understands.
-- grain:   one row per row of a detector that is worth a look
-- columns: detector      the analysis that found it
-- columns: entity_type   kind of entity: src_addr or host
-- columns: entity        address that it is about
-- columns: window_start  start of the window that shows it
-- columns: window_end    end of that window
-- columns: known_at      when it could be known: the end of the window, for a host that fell silent a gap later
-- columns: sentence      what was found
-- misses:  what its detectors miss; a detector that is not listed here; a silence after a session shorter than its gap
CREATE VIEW detections AS
SELECT
  'host_anomalies' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end AS known_at,
  CONCAT(metric, ' ', direction) AS sentence
FROM host_anomalies
UNION ALL
SELECT
  'anomaly_explanations' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end AS known_at,
  explanation AS sentence
FROM anomaly_explanations
WHERE `rank` = 1
UNION ALL
SELECT
  'flow_rule_changes' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end AS known_at,
  CONCAT('new: ', antecedent, ' => ', consequent) AS sentence
FROM flow_rule_changes
WHERE change = 'new' AND antecedent LIKE 'src_addr=%'
UNION ALL
SELECT
  'unusual_behaviour' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end AS known_at,
  why AS sentence
FROM unusual_behaviour
UNION ALL
SELECT
  'beacons' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end AS known_at,
  CONCAT(
    'calls ', dst_addr, ' every ', CAST(CAST(ROUND(gap_seconds_median) AS BIGINT) AS STRING), ' s'
  ) AS sentence
FROM beacons
UNION ALL
SELECT
  'cluster_changes' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end AS known_at,
  CONCAT('now ', to_description) AS sentence
FROM cluster_changes
UNION ALL
SELECT
  'top_talkers' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end AS known_at,
  CONCAT('rank 1, ', CAST(CAST(ROUND(100 * octets_share) AS BIGINT) AS STRING), ' % of octets')
    AS sentence
FROM top_talkers
WHERE `rank` = 1 AND entity_type = 'src_addr' AND octets_share > 0.5
UNION ALL
SELECT
  'host_sessions' AS detector,
  entity_type,
  entity,
  window_start,
  window_end,
  window_end + INTERVAL '${SESSION_GAP_MINUTES:-10}' MINUTE(3) AS known_at,
  CONCAT('silent since ', DATE_FORMAT(window_end, 'HH:mm:ss')) AS sentence
FROM host_sessions
WHERE duration_s >= 60 * CAST('${SESSION_GAP_MINUTES:-10}' AS BIGINT)
