-- Frequent item sets over the attributes of flows, counted by CUBE.
-- grain:  one row per window of RULES_MINUTES with traffic; an item set is its items, flow count and octets
CREATE VIEW flow_item_sets AS
SELECT
  window_start,
  window_end,
  rowtime,
  MAX(total_flow_count) AS total_flow_count,
  MAX(total_octets) AS total_octets,
  MAX(dropped_flow_count) AS dropped_flow_count,
  ARRAY_AGG(ROW(items, flow_count, octets)) AS item_sets
FROM (
  SELECT
    window_start,
    window_end,
    rowtime,
    ARRAY[conn_state, direction, dst_addr, dst_port, protocol, service, src_addr] AS items,
    MAX(total_flow_count) AS total_flow_count,
    MAX(total_octets) AS total_octets,
    MAX(dropped_flow_count) AS dropped_flow_count,
    SUM(flow_count) AS flow_count,
    SUM(octets) AS octets
  FROM flow_items
  GROUP BY
    window_start, window_end, rowtime,
    CUBE(conn_state, direction, dst_addr, dst_port, protocol, service, src_addr)
  HAVING
    NOT ARRAY_CONTAINS(
      ARRAY[conn_state, direction, dst_addr, dst_port, protocol, service, src_addr], ''
    )
    AND (SUM(flow_count) >= MAX(min_flow_count) OR SUM(octets) >= MAX(min_octets))
)
GROUP BY window_start, window_end, rowtime
