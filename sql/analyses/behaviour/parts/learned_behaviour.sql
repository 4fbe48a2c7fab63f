-- What hosts do next, and what is unusual for them, learned from their flows; the learner reads one row per window.
-- grain:   one row per host with a past, window of BEHAVIOUR_MINUTES in which it sent flows, kind (next, unusual) and rank
-- learner: udfs.learners.behaviour.learner
-- params:  BEHAVIOUR_HALF_LIFE_MINUTES  number above 0: time after which a flow weighs half
-- params:  BEHAVIOUR_FORGET_HOURS     number above 0: time after which a silent host is forgotten
-- params:  MAX_BEHAVIOUR_HOSTS        whole number from 1: hosts that are remembered, those of most flows
-- params:  BEHAVIOUR_STEPS            whole number from 1: pairs of consecutive services remembered per host
-- params:  BEHAVIOUR_PEERS            whole number from 1: destinations remembered per host
-- params:  BEHAVIOUR_TRANSITIONS      whole number from 1: transitions read per host and window, those of most flows
-- params:  BEHAVIOUR_MIN_FLOWS        number above 0: decayed flow count from which on a host has a past
-- params:  BEHAVIOUR_WARM_UP_WINDOWS  whole number from 1: windows with a past before a host can be unusual
-- params:  SURPRISE_THRESHOLD         number above 0: usual deviations above the usual surprise of an unusual window
-- params:  SURPRISE_MIN_BITS          number from 0: bits per flow above the usual surprise of an unusual window
-- params:  SURPRISE_LEAST_FLOWS       whole number from 1: flow count of an unusual window
-- params:  SURPRISE_PATIENCE          whole number from 0: unusual windows in a row after which they become usual
--
-- Of transitions with equally many flows a sample by hash is kept.
-- flow_count is never 0: the condition lets the planner share service_transitions, which it would aggregate twice.
CREATE VIEW learned_behaviour AS
WITH largest AS (
  SELECT
    window_start,
    window_end,
    window_time,
    JSON_ARRAYAGG(
      JSON_ARRAY(src_addr, COALESCE(previous, ''), service, dst_addr, flow_count)
    ) AS transitions
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end, src_addr
        ORDER BY flow_count DESC, MD5(CONCAT_WS(' ', previous, service, dst_addr)) ASC
      ) AS `rank`
    FROM service_transitions
  )
  WHERE `rank` <= CAST('${BEHAVIOUR_TRANSITIONS:-1000}' AS BIGINT)
  GROUP BY window_start, window_end, window_time
),

everything AS (
  SELECT
    window_start,
    window_end,
    COUNT(*) FILTER (WHERE flow_count > 0) AS transition_count
  FROM service_transitions
  GROUP BY window_start, window_end
)

SELECT
  1000 * CAST('${BEHAVIOUR_MINUTES:-5}' AS BIGINT) * 60 AS window_ms,
  TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', largest.window_end) * CAST(1000 AS BIGINT)
    AS window_end_ms,
  largest.window_time AS rowtime,
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
  everything.transition_count,
  largest.transitions
FROM largest
INNER JOIN everything
  ON largest.window_start = everything.window_start AND largest.window_end = everything.window_end
