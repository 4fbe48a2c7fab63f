-- Running totals since the job began, brought up to date with every ten-second window.
-- grain:  one row per protocol, and one for 'all', of its latest total
-- key:    protocol
-- state:  one row per protocol, of which there are few
-- misses: late flows
CREATE VIEW traffic_totals AS
SELECT
  entity AS protocol,
  MAX(CAST(rowtime AS TIMESTAMP_LTZ(3))) AS as_of,
  SUM(flow_count) AS flows,
  SUM(packets) AS packets,
  SUM(octets) AS octets
FROM traffic_per_protocol_10s
GROUP BY entity
