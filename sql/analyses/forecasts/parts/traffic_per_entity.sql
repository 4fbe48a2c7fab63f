-- Octets of all traffic, and of each source, destination, protocol and service.
-- grain:  one row per entity and window of a minute (all, src_addr, dst_addr) or ten seconds (protocol, service)
CREATE VIEW traffic_per_entity AS
SELECT
  rowtime,
  entity_type,
  entity,
  octets
FROM talkers_1m
WHERE entity_type <> 'pair'
UNION ALL
SELECT
  rowtime,
  entity_type,
  entity,
  octets
FROM traffic_per_protocol_10s
WHERE entity_type = 'protocol'
UNION ALL
SELECT
  rowtime,
  'service' AS entity_type,
  service AS entity,
  octets
FROM traffic_per_service_10s
WHERE service IS NOT NULL
