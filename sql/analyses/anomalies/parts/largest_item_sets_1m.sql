-- The largest item sets of what each host sent, and all of it as the empty set, of kind 7 (no attribute in it).
-- grain:  one row per src_addr, item set and one-minute window with traffic; what is no part of the set is NULL
-- params: EXPLANATION_ITEM_SETS  item sets of each kind that are kept of a host's minute
CREATE VIEW largest_item_sets_1m AS
SELECT
  rowtime,
  kind,
  src_addr,
  dst_addr,
  dst_port,
  protocol,
  service,
  conn_state,
  octets,
  packets,
  flows,
  destinations
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end, src_addr, kind
      ORDER BY
        weight DESC, dst_addr ASC, dst_port ASC, protocol ASC, service ASC, conn_state ASC
    ) AS place
  FROM TABLE(TUMBLE(TABLE sent_item_sets_1m, DESCRIPTOR(rowtime), INTERVAL '1' MINUTE))
)
WHERE place <= CAST('${EXPLANATION_ITEM_SETS:-10}' AS BIGINT)
UNION ALL
SELECT
  rowtime,
  CAST(7 AS BIGINT) AS kind,
  src_addr,
  CAST(NULL AS STRING) AS dst_addr,
  CAST(NULL AS INT) AS dst_port,
  CAST(NULL AS STRING) AS protocol,
  CAST(NULL AS STRING) AS service,
  CAST(NULL AS STRING) AS conn_state,
  octets,
  packets,
  flow_count AS flows,
  destinations
FROM sent_per_src_1m
