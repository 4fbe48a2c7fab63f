-- Traffic by protocol and service; long flows are spread.
-- grain:  one row per protocol, service and one-minute window with traffic
CREATE VIEW traffic_per_service_1m AS
SELECT
  window_time AS rowtime,
  protocol,
  service,
  SUM(octets_out + COALESCE(octets_in, 0)) AS octets
FROM TABLE(TUMBLE(TABLE spread_flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time, protocol, service
