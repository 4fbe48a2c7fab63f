-- Traffic of flows that agree in all but their source port and size.
-- grain:  one row per flow key (src_addr, dst_addr, dst_port, protocol, service, conn_state) and one-minute window with traffic
--
-- Replies are no calls, and are left out with their octets: clusters and rules compare who calls whom.
-- service_name and direction follow from the key: as aggregates they do not make it longer.
CREATE VIEW traffic_per_flow_key_1m AS
SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  dst_addr,
  dst_port,
  protocol,
  service,
  conn_state,
  MIN(service_name) AS service_name,
  MIN(direction) AS direction,
  COUNT(*) AS flow_count,
  COUNT(*) FILTER (WHERE is_failed) AS failed_flow_count,
  SUM(octets_out + COALESCE(octets_in, 0)) AS octets,
  SUM(octets_out) AS octets_out
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
WHERE NOT is_reply
GROUP BY
  window_start, window_end, window_time,
  src_addr, dst_addr, dst_port, protocol, service, conn_state
