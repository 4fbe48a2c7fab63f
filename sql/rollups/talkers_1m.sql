-- Traffic of every source, destination and pair, and of all together.
-- grain:  one row per entity and one-minute window; entity_type is src_addr, dst_addr, pair or all
CREATE VIEW talkers_1m AS
SELECT
  window_start,
  window_end,
  rowtime,
  CASE
    WHEN GROUPING(src_addr) = 0 AND GROUPING(dst_addr) = 0 THEN 'pair'
    WHEN GROUPING(src_addr) = 0 THEN 'src_addr'
    WHEN GROUPING(dst_addr) = 0 THEN 'dst_addr'
    ELSE 'all'
  END AS entity_type,
  CASE
    WHEN GROUPING(src_addr) = 0 AND GROUPING(dst_addr) = 0 THEN CONCAT(src_addr, ' > ', dst_addr)
    ELSE COALESCE(src_addr, dst_addr, 'all')
  END AS entity,
  SUM(flow_count) AS flow_count,
  SUM(octets) AS octets,
  SUM(packets) AS packets
FROM traffic_per_pair_1m
GROUP BY
  window_start, window_end, rowtime,
  GROUPING SETS ((src_addr), (dst_addr), (src_addr, dst_addr), ())
