-- Flows by those of their attributes that are frequent, as items such as dst_port=443.
-- grain:  one row per combination of items and window of RULES_MINUTES with traffic; '' where an attribute is no item
--
-- A NULL attribute is no item.
CREATE VIEW flow_items AS
SELECT
  window_time AS rowtime,
  conn_state,
  direction,
  dst_addr,
  dst_port,
  protocol,
  service,
  src_addr,
  MAX(flows_total) AS flows_total,
  MAX(octets_total) AS octets_total,
  MAX(flows_cut) AS flows_cut,
  MAX(min_flows) AS min_flows,
  MAX(min_octets) AS min_octets,
  SUM(flows) AS flows,
  SUM(octets) AS octets
FROM (
  SELECT
    keys.window_start,
    keys.window_end,
    keys.window_time,
    frequent.flows_total,
    frequent.octets_total,
    frequent.flows_cut,
    frequent.min_flows,
    frequent.min_octets,
    keys.flows,
    keys.octets,
    CASE
      WHEN ARRAY_CONTAINS(frequent.conn_states, keys.conn_state)
        THEN CONCAT('conn_state=', keys.conn_state)
      ELSE ''
    END AS conn_state,
    CONCAT('direction=', keys.direction) AS direction,
    CASE
      WHEN ARRAY_CONTAINS(frequent.dst_addrs, keys.dst_addr) THEN CONCAT('dst_addr=', keys.dst_addr)
      ELSE ''
    END AS dst_addr,
    CASE
      WHEN ARRAY_CONTAINS(frequent.dst_ports, keys.dst_port)
        THEN CONCAT('dst_port=', CAST(keys.dst_port AS STRING))
      ELSE ''
    END AS dst_port,
    CASE
      WHEN ARRAY_CONTAINS(frequent.protocols, keys.protocol) THEN CONCAT('protocol=', keys.protocol)
      ELSE ''
    END AS protocol,
    CASE
      WHEN ARRAY_CONTAINS(frequent.services, keys.service) THEN CONCAT('service=', keys.service)
      ELSE ''
    END AS service,
    CASE
      WHEN ARRAY_CONTAINS(frequent.src_addrs, keys.src_addr) THEN CONCAT('src_addr=', keys.src_addr)
      ELSE ''
    END AS src_addr
  FROM TABLE(
    TUMBLE(TABLE flow_keys_1m, DESCRIPTOR(rowtime), INTERVAL '${RULES_MINUTES:-5}' MINUTE)
  ) AS keys
  INNER JOIN frequent_flow_items AS frequent
    ON keys.window_start = frequent.window_start AND keys.window_end = frequent.window_end
)
GROUP BY
  window_start, window_end, window_time,
  conn_state, direction, dst_addr, dst_port, protocol, service, src_addr
