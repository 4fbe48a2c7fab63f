-- What each host sent by destination, by port, by port and state, and in all; a port is a protocol, port and service.
-- grain:  one row per src_addr, item set and one-minute window with traffic; what is not part of the set is NULL
--
-- A state that is NULL is not an item. The empty set, which is all that a host sent, is of kind 7.
CREATE VIEW sent_by_item_1m AS
SELECT
  window_start,
  window_end,
  rowtime,
  GROUPING(dst_addr, protocol, conn_state) AS kind,
  src_addr,
  dst_addr,
  dst_port,
  protocol,
  service,
  conn_state,
  SUM(octets) AS octets,
  SUM(packets) AS packets,
  SUM(flow_count) AS flow_count,
  COUNT(DISTINCT dst_addr) FILTER (WHERE flow_count > 0) AS destinations
FROM sent_per_flow_key_1m
GROUP BY
  window_start, window_end, rowtime, src_addr,
  GROUPING SETS (
    (dst_addr), (protocol, dst_port, service), (protocol, dst_port, service, conn_state), ()
  )
HAVING GROUPING(conn_state) = 1 OR conn_state IS NOT NULL
