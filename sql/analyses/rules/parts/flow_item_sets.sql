-- Frequent item sets over the attributes of flows, counted by CUBE.
-- grain:  one row per window of RULES_MINUTES with traffic; an item set is its items, its flows and its octets
CREATE VIEW flow_item_sets AS
SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  MAX(flows_total) AS flows_total,
  MAX(octets_total) AS octets_total,
  MAX(flows_cut) AS flows_cut,
  ARRAY_AGG(ROW(items, flows, octets)) AS item_sets
FROM (
  SELECT
    window_start,
    window_end,
    window_time,
    ARRAY[conn_state, direction, dst_addr, dst_port, protocol, service, src_addr] AS items,
    MAX(flows_total) AS flows_total,
    MAX(octets_total) AS octets_total,
    MAX(flows_cut) AS flows_cut,
    SUM(flows) AS flows,
    SUM(octets) AS octets
  FROM TABLE(
    TUMBLE(TABLE flow_items, DESCRIPTOR(rowtime), INTERVAL '${RULES_MINUTES:-5}' MINUTE)
  )
  GROUP BY
    window_start, window_end, window_time,
    CUBE(conn_state, direction, dst_addr, dst_port, protocol, service, src_addr)
  HAVING
    NOT ARRAY_CONTAINS(
      ARRAY[conn_state, direction, dst_addr, dst_port, protocol, service, src_addr], ''
    )
    AND (SUM(flows) >= MAX(min_flows) OR SUM(octets) >= MAX(min_octets))
)
GROUP BY window_start, window_end, window_time
