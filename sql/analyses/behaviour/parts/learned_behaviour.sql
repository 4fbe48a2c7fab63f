-- What hosts do next, and what is unusual of them, learned from their flows; the query is what the learner reads.
-- grain:   one row per host with a past, window of BEHAVIOUR_MINUTES in which it sent flows, kind (next, unusual) and place
-- learner: udfs.behaviour.learner
-- params:  BEHAVIOUR_MINUTES  length of the windows after which is learned
-- params:  BEHAVIOUR_HALF_LIFE_MINUTES  after how long a flow counts half
-- params:  BEHAVIOUR_FORGET_HOURS    how long a host that sends nothing is remembered
-- params:  MAX_BEHAVIOUR_HOSTS       hosts that are remembered, those of most flows
-- params:  BEHAVIOUR_STEPS           pairs of services, one after the other, that are remembered of a host
-- params:  BEHAVIOUR_PEERS           destinations that are remembered of a host
-- params:  BEHAVIOUR_MIN_FLOWS       flows, the past counted less, from which on a host has a past
-- params:  BEHAVIOUR_WARM_UP_WINDOWS  windows with flows since then until something is unusual
-- params:  SURPRISE_THRESHOLD        usual spreads above the usual surprise from which on a window is unusual
-- params:  SURPRISE_MIN_BITS         bits a flow above the usual that it takes besides
-- params:  SURPRISE_LEAST_FLOWS      flows of a host in a window that it takes besides
-- params:  SURPRISE_PATIENCE         windows in a row after which what was unusual is learned, and becomes usual
CREATE VIEW learned_behaviour AS
SELECT
  1000 * CAST('${BEHAVIOUR_MINUTES:-5}' AS BIGINT) * 60 AS window_ms,
  TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', window_end) * CAST(1000 AS BIGINT)
    AS window_end_ms,
  window_time AS rowtime,
  CAST('${BEHAVIOUR_HALF_LIFE_MINUTES:-1440}' AS DOUBLE) AS half_life_minutes,
  CAST('${BEHAVIOUR_FORGET_HOURS:-168}' AS DOUBLE) AS forget_hours,
  CAST('${MAX_BEHAVIOUR_HOSTS:-10000}' AS BIGINT) AS max_hosts,
  CAST('${BEHAVIOUR_STEPS:-200}' AS BIGINT) AS max_steps,
  CAST('${BEHAVIOUR_PEERS:-200}' AS BIGINT) AS max_peers,
  CAST('${BEHAVIOUR_MIN_FLOWS:-20}' AS DOUBLE) AS min_flows,
  CAST('${BEHAVIOUR_WARM_UP_WINDOWS:-12}' AS DOUBLE) AS min_windows,
  CAST('${SURPRISE_THRESHOLD:-4}' AS DOUBLE) AS threshold,
  CAST('${SURPRISE_MIN_BITS:-2}' AS DOUBLE) AS min_bits,
  CAST('${SURPRISE_LEAST_FLOWS:-5}' AS BIGINT) AS least_flows,
  CAST('${SURPRISE_PATIENCE:-12}' AS BIGINT) AS patience,
  SUM(transitions) AS transitions_total,
  JSON_ARRAYAGG(transition) AS transitions
FROM (
  SELECT
    window_start,
    window_end,
    window_time,
    transitions,
    CASE
      WHEN src_addr IS NOT NULL
        THEN JSON_ARRAY(src_addr, COALESCE(previous, ''), service, dst_addr, flows)
    END AS transition
  FROM TABLE(
    TUMBLE(
      TABLE largest_service_transitions,
      DESCRIPTOR(rowtime),
      INTERVAL '${BEHAVIOUR_MINUTES:-5}' MINUTE
    )
  )
)
GROUP BY window_start, window_end, window_time
