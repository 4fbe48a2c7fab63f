-- The transitions of most flows, of each host, and how many there were.
-- grain:  one row per window and transition of a host's BEHAVIOUR_TRANSITIONS largest; one with the number of all, host NULL
-- params: BEHAVIOUR_MINUTES  length of the windows after which is learned
-- params: BEHAVIOUR_TRANSITIONS  transitions of a host in a window that are looked at; a sample of the equal ones
CREATE VIEW largest_service_transitions AS
SELECT
  rowtime,
  src_addr,
  previous,
  service,
  dst_addr,
  flows,
  CAST(0 AS BIGINT) AS transitions
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end, src_addr
      ORDER BY flows DESC, MD5(CONCAT_WS(' ', previous, service, dst_addr)) ASC
    ) AS place
  FROM TABLE(
    TUMBLE(
      TABLE service_transitions,
      DESCRIPTOR(rowtime),
      INTERVAL '${BEHAVIOUR_MINUTES:-5}' MINUTE
    )
  )
)
WHERE place <= CAST('${BEHAVIOUR_TRANSITIONS:-1000}' AS BIGINT)
UNION ALL
SELECT
  window_time AS rowtime,
  CAST(NULL AS STRING) AS src_addr,
  CAST(NULL AS STRING) AS previous,
  CAST(NULL AS STRING) AS service,
  CAST(NULL AS STRING) AS dst_addr,
  CAST(0 AS BIGINT) AS flows,
  COUNT(*) AS transitions
FROM TABLE(
  TUMBLE(
    TABLE service_transitions, DESCRIPTOR(rowtime), INTERVAL '${BEHAVIOUR_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time
