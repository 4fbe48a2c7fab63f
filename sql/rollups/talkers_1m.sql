-- Traffic of every source, destination and pair, and of all together; long flows are spread.
-- grain:  one row per entity and one-minute window; entity_type is src_addr, dst_addr, pair or all
CREATE VIEW talkers_1m AS
WITH pairs AS (
  SELECT
    window_start,
    window_end,
    window_time AS rowtime,
    src_addr,
    dst_addr,
    SUM(flow_count) AS flow_count,
    SUM(octets_out + COALESCE(octets_in, 0)) AS octets,
    SUM(packets_out + COALESCE(packets_in, 0)) AS packets
  FROM TABLE(TUMBLE(TABLE spread_flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
  GROUP BY window_start, window_end, window_time, src_addr, dst_addr
)

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
FROM pairs
GROUP BY
  window_start, window_end, rowtime,
  GROUPING SETS ((src_addr), (dst_addr), (src_addr, dst_addr), ())
