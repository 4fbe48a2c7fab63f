-- Traffic by protocol, and over all.
-- grain:  one row per entity and ten-second window with traffic; entity_type is protocol or all
CREATE VIEW traffic_per_protocol_10s AS
SELECT
  window_start,
  window_end,
  rowtime,
  CASE WHEN GROUPING(protocol) = 0 THEN 'protocol' ELSE 'all' END AS entity_type,
  COALESCE(protocol, 'all') AS entity,
  SUM(flow_count) AS flow_count,
  SUM(octets) AS octets,
  SUM(packets) AS packets
FROM traffic_per_service_10s
GROUP BY window_start, window_end, rowtime, GROUPING SETS ((protocol), ())
