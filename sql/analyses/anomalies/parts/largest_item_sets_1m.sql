-- The largest item sets of what each host sent, and all of it as the empty set, of kind 7 (no attribute in it).
-- grain:  one row per src_addr, item set and one-minute window with traffic; what is not part of the set is NULL
-- params: EXPLANATION_ITEM_SETS  whole number from 1: item sets of each kind that are kept of a host's minute
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
  flow_count,
  destinations
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end, src_addr, kind
      ORDER BY
        weight DESC, dst_addr ASC, dst_port ASC, protocol ASC, service ASC, conn_state ASC
    ) AS `rank`
  FROM sent_item_sets_1m
)
WHERE `rank` <= CAST('${EXPLANATION_ITEM_SETS:-10}' AS BIGINT)
