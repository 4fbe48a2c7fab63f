-- Running totals since the job began, brought up to date with every ten-second window.
-- grain:  one row per protocol, and one for 'all', of its latest total
-- key:    protocol
-- misses: late flows
CREATE VIEW traffic_totals AS
SELECT
  protocol,
  CAST(rowtime AS TIMESTAMP_LTZ(3)) AS as_of,
  SUM(flows) OVER so_far AS flows,
  SUM(packets) OVER so_far AS packets,
  SUM(octets) OVER so_far AS octets
FROM traffic_per_protocol_10s
WINDOW so_far AS (PARTITION BY protocol ORDER BY rowtime RANGE UNBOUNDED PRECEDING)
