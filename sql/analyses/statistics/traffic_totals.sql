-- Running totals since the job began, updated with every ten-second window.
-- grain:  one row per entity, its latest total
-- columns: entity_type, entity  all, or protocol and its name
-- columns: as_of       last millisecond of the last ten-second window that is counted
-- columns: flow_count  flows since the job began
-- columns: packets     packets of both directions
-- columns: octets      octets of both directions
-- key:    entity_type, entity
-- state:  one row per protocol, of which there are few
-- misses: late flows; a flow counts when it has ended
CREATE VIEW traffic_totals AS
SELECT
  entity_type,
  entity,
  MAX(CAST(rowtime AS TIMESTAMP_LTZ(3))) AS as_of,
  SUM(flow_count) AS flow_count,
  SUM(packets) AS packets,
  SUM(octets) AS octets
FROM traffic_per_protocol_10s
GROUP BY entity_type, entity
