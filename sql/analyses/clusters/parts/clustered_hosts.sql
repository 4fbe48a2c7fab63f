-- Which cluster each host belongs to, learned from its behaviour; the query is what the learner reads, a row a window.
-- grain:   one row per host with enough flows and window of HOST_CLUSTERS_MINUTES in which any host sent flows
-- learner: udfs.host_clusters.learner
-- params:  MAX_CLUSTERS                   clusters there may be
-- params:  HOST_CLUSTERS_HALF_LIFE_MINUTES  after how long what a host did counts half
-- params:  HOST_CLUSTERS_WARM_UP_MINUTES  how long is learned before the first answer
-- params:  HOST_CLUSTERS_PATIENCE         windows that a host must behave like another cluster before it moves there
-- params:  HOST_CLUSTERS_MIN_FLOWS        flows of a host, the past counted less, below which it has no behaviour
-- params:  HOST_CLUSTERS_FORGET_HOURS     how long a host that sends nothing is remembered
CREATE VIEW clustered_hosts AS
SELECT
  1000 * CAST('${HOST_CLUSTERS_MINUTES:-5}' AS BIGINT) * 60 AS window_ms,
  TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', window_end) * CAST(1000 AS BIGINT)
    AS window_end_ms,
  window_time AS rowtime,
  CAST('${MAX_CLUSTERS:-8}' AS BIGINT) AS max_clusters,
  CAST('${MAX_CLUSTERED_HOSTS:-10000}' AS BIGINT) AS max_hosts,
  CAST('${HOST_CLUSTERS_HALF_LIFE_MINUTES:-60}' AS DOUBLE) AS half_life_minutes,
  CAST('${HOST_CLUSTERS_WARM_UP_MINUTES:-30}' AS DOUBLE) AS warm_up_minutes,
  CAST('${HOST_CLUSTERS_PATIENCE:-3}' AS BIGINT) AS patience,
  CAST('${HOST_CLUSTERS_MIN_FLOWS:-3}' AS DOUBLE) AS min_flows,
  CAST('${HOST_CLUSTERS_FORGET_HOURS:-24}' AS DOUBLE) AS forget_hours,
  SUM(hosts) AS hosts_total,
  JSON_ARRAYAGG(counts) AS hosts
FROM (
  SELECT
    window_start,
    window_end,
    window_time,
    hosts,
    CASE
      WHEN host IS NOT NULL
        THEN JSON_ARRAY(
          host,
          flows,
          failed,
          octets_sent,
          octets_received,
          peers,
          ports,
          minute_squares,
          flows_in,
          octets_in,
          peers_in,
          ports_in
        )
    END AS counts
  FROM TABLE(
    TUMBLE(
      TABLE busiest_hosts,
      DESCRIPTOR(rowtime),
      INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
    )
  )
)
GROUP BY window_start, window_end, window_time
