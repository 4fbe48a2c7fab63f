-- The behaviour of the hosts that sent most flows, and how many hosts there were.
-- grain:  one row per window and host, of the MAX_CLUSTERED_HOSTS busiest; one with the number of all hosts, host NULL
-- params: MAX_CLUSTERED_HOSTS  hosts that are looked at and remembered; the quietest beyond it are cut and counted
CREATE VIEW busiest_hosts AS
SELECT
  rowtime,
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
  ports_in,
  CAST(0 AS BIGINT) AS hosts
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY flows DESC, host ASC) AS place
  FROM TABLE(
    TUMBLE(
      TABLE host_behaviour,
      DESCRIPTOR(rowtime),
      INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
    )
  )
)
WHERE place <= CAST('${MAX_CLUSTERED_HOSTS:-10000}' AS BIGINT)
UNION ALL
SELECT
  window_time AS rowtime,
  CAST(NULL AS STRING) AS host,
  CAST(0 AS BIGINT) AS flows,
  CAST(0 AS BIGINT) AS failed,
  CAST(0 AS BIGINT) AS octets_sent,
  CAST(0 AS BIGINT) AS octets_received,
  CAST(0 AS BIGINT) AS peers,
  CAST(0 AS BIGINT) AS ports,
  CAST(0 AS BIGINT) AS minute_squares,
  CAST(0 AS BIGINT) AS flows_in,
  CAST(0 AS BIGINT) AS octets_in,
  CAST(0 AS BIGINT) AS peers_in,
  CAST(0 AS BIGINT) AS ports_in,
  COUNT(*) AS hosts
FROM TABLE(
  TUMBLE(
    TABLE host_behaviour,
    DESCRIPTOR(rowtime),
    INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time
