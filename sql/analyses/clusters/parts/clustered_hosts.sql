-- Which cluster each host belongs to, learned from its behaviour; the learner reads one row of the query per window.
-- grain:   one row per host with enough flows and window of HOST_CLUSTERS_MINUTES in which any host sent flows
-- learner: udfs.learners.host_clusters.learner
-- params:  MAX_CLUSTERS                    whole number from 1: most clusters
-- params:  MAX_CLUSTERED_HOSTS             whole number from 1: hosts that are remembered, those of most flows
-- params:  HOST_CLUSTERS_HALF_LIFE_MINUTES  number above 0: time after which a count weighs half
-- params:  HOST_CLUSTERS_WARM_UP_MINUTES   number from 0: time before the first result
-- params:  HOST_CLUSTERS_PATIENCE          whole number from 1: windows like another cluster before a host changes
-- params:  HOST_CLUSTERS_MIN_FLOWS         number from 0: decayed flow count that a host needs to be clustered
-- params:  HOST_CLUSTERS_FORGET_HOURS      number above 0: time after which a silent host is forgotten
--
-- minute_squares is never 0: the condition lets the planner share the rows of senders, which it would aggregate twice.
CREATE VIEW clustered_hosts AS
WITH busiest AS (
  SELECT
    window_start,
    window_end,
    window_time,
    JSON_ARRAYAGG(
      JSON_ARRAY(
        host,
        flow_count,
        failed_flow_count,
        octets_sent,
        octets_received,
        peers,
        ports,
        minute_squares,
        flow_count_in,
        octets_in,
        peers_in,
        ports_in
      )
    ) AS hosts
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end ORDER BY flow_count DESC, host ASC
      ) AS `rank`
    FROM host_behaviour
  )
  WHERE `rank` <= CAST('${MAX_CLUSTERED_HOSTS:-10000}' AS BIGINT)
  GROUP BY window_start, window_end, window_time
),

everything AS (
  SELECT
    window_start,
    window_end,
    COUNT(*) FILTER (WHERE minute_squares > 0) AS host_count
  FROM senders
  GROUP BY window_start, window_end
)

SELECT
  1000 * CAST('${HOST_CLUSTERS_MINUTES:-5}' AS BIGINT) * 60 AS window_ms,
  TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', busiest.window_end) * CAST(1000 AS BIGINT)
    AS window_end_ms,
  busiest.window_time AS rowtime,
  CAST('${MAX_CLUSTERS:-8}' AS BIGINT) AS max_clusters,
  CAST('${MAX_CLUSTERED_HOSTS:-10000}' AS BIGINT) AS max_hosts,
  CAST('${HOST_CLUSTERS_HALF_LIFE_MINUTES:-60}' AS DOUBLE) AS half_life_minutes,
  CAST('${HOST_CLUSTERS_WARM_UP_MINUTES:-30}' AS DOUBLE) AS warm_up_minutes,
  CAST('${HOST_CLUSTERS_PATIENCE:-3}' AS BIGINT) AS patience,
  CAST('${HOST_CLUSTERS_MIN_FLOWS:-3}' AS DOUBLE) AS min_flows,
  CAST('${HOST_CLUSTERS_FORGET_HOURS:-24}' AS DOUBLE) AS forget_hours,
  everything.host_count,
  busiest.hosts
FROM busiest
INNER JOIN everything
  ON busiest.window_start = everything.window_start AND busiest.window_end = everything.window_end
