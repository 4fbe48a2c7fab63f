-- What each host sent; long flows are spread.
-- grain:  one row per src_addr and one-minute window with traffic; flow_count is 0 where no flow ended in it
--
-- Destinations are those of flows that ended in the minute, as flow_count is.
CREATE VIEW sent_per_src_1m AS
SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  SUM(flow_count) AS flow_count,
  SUM(octets_out) AS octets,
  SUM(packets_out) AS packets,
  COUNT(DISTINCT dst_addr) FILTER (WHERE flow_count > 0) AS destinations
FROM TABLE(TUMBLE(TABLE spread_flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time, src_addr
