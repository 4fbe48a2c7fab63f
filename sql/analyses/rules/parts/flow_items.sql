-- Flows by those of their attributes that are frequent, as items such as dst_port=443.
-- grain:  one row per combination of items and window of RULES_MINUTES with traffic; '' where an attribute is no item
--
-- A NULL attribute is no item.
CREATE VIEW flow_items AS
SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  conn_state,
  direction,
  dst_addr,
  dst_port,
  protocol,
  service,
  src_addr,
  MAX(total_flow_count) AS total_flow_count,
  MAX(total_octets) AS total_octets,
  MAX(dropped_flow_count) AS dropped_flow_count,
  MAX(min_flow_count) AS min_flow_count,
  MAX(min_octets) AS min_octets,
  SUM(flow_count) AS flow_count,
  SUM(octets) AS octets
FROM (
  SELECT
    keys.window_start,
    keys.window_end,
    keys.window_time,
    frequent.total_flow_count,
    frequent.total_octets,
    frequent.dropped_flow_count,
    frequent.min_flow_count,
    frequent.min_octets,
    keys.flow_count,
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
    TUMBLE(TABLE flow_keys_1m, DESCRIPTOR(rowtime), INTERVAL '${RULES_MINUTES:-5}' MINUTE(4))
  ) AS keys
  INNER JOIN frequent_flow_items AS frequent
    ON keys.window_start = frequent.window_start AND keys.window_end = frequent.window_end
)
GROUP BY
  window_start, window_end, window_time,
  conn_state, direction, dst_addr, dst_port, protocol, service, src_addr
