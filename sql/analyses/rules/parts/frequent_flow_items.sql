-- Attributes of flows that are frequent alone: only these can be part of a frequent item set (Apriori).
-- grain:  one row per window of RULES_MINUTES with traffic
CREATE VIEW frequent_flow_items AS
SELECT
  items.window_start,
  items.window_end,
  totals.total_flow_count,
  totals.total_octets,
  totals.dropped_flow_count,
  totals.min_flow_count,
  totals.min_octets,
  ARRAY_AGG(items.conn_state) FILTER (WHERE items.conn_state IS NOT NULL) AS conn_states,
  ARRAY_AGG(items.dst_addr) FILTER (WHERE items.dst_addr IS NOT NULL) AS dst_addrs,
  ARRAY_AGG(items.dst_port) FILTER (WHERE items.dst_port IS NOT NULL) AS dst_ports,
  ARRAY_AGG(items.protocol) FILTER (WHERE items.protocol IS NOT NULL) AS protocols,
  ARRAY_AGG(items.service) FILTER (WHERE items.service IS NOT NULL) AS services,
  ARRAY_AGG(items.src_addr) FILTER (WHERE items.src_addr IS NOT NULL) AS src_addrs
FROM flow_item_counts AS items
INNER JOIN flow_totals AS totals
  ON items.window_start = totals.window_start AND items.window_end = totals.window_end
WHERE items.flow_count >= totals.min_flow_count OR items.octets >= totals.min_octets
GROUP BY
  items.window_start, items.window_end,
  totals.total_flow_count, totals.total_octets, totals.dropped_flow_count,
  totals.min_flow_count, totals.min_octets
