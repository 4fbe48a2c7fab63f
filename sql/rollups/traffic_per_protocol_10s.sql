-- Traffic by protocol, and over all.
-- grain:  one row per protocol, and one for 'all', and ten-second window with traffic
CREATE VIEW traffic_per_protocol_10s AS
SELECT
  window_time AS rowtime,
  COALESCE(protocol, 'all') AS protocol,
  SUM(flows) AS flows,
  SUM(octets) AS octets,
  SUM(packets) AS packets
FROM TABLE(TUMBLE(TABLE traffic_per_service_10s, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, window_time, GROUPING SETS ((protocol), ())
