-- What each host sent by flow key; long flows are spread.
-- grain:  one row per src_addr, dst_addr, dst_port, protocol, service, conn_state and one-minute window with traffic;
--         flow_count is 0 where no flow ended in it
CREATE VIEW sent_per_flow_key_1m AS
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
  SUM(flow_count) AS flow_count,
  SUM(octets_out) AS octets,
  SUM(packets_out) AS packets
FROM TABLE(TUMBLE(TABLE spread_flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY
  window_start, window_end, window_time,
  src_addr, dst_addr, dst_port, protocol, service, conn_state
