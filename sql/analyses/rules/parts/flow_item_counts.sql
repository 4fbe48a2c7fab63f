-- The attributes of flows, each alone, and all flows together.
-- grain:  one row per attribute, its value and window of RULES_MINUTES with traffic, the other attributes NULL; and one
--         row for all flows, is_total
--
-- direction is never empty: the condition lets the planner share flow_keys_1m with flow_items, which it would rank twice.
CREATE VIEW flow_item_counts AS
SELECT
  window_start,
  window_end,
  conn_state,
  dst_addr,
  dst_port,
  protocol,
  service,
  src_addr,
  GROUPING_ID(conn_state, dst_addr, dst_port, protocol, service, src_addr) = 63 AS is_total,
  SUM(flow_count) AS flow_count,
  SUM(octets) AS octets
FROM TABLE(
  TUMBLE(TABLE flow_keys_1m, DESCRIPTOR(rowtime), INTERVAL '${RULES_MINUTES:-5}' MINUTE(4))
)
WHERE direction <> ''
GROUP BY
  window_start, window_end,
  GROUPING SETS ((conn_state), (dst_addr), (dst_port), (protocol), (service), (src_addr), ())
