-- Octets of all traffic, and of each source, destination, protocol and service.
-- grain:  one row per entity and one-minute window, and of protocol one for each of its services
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
FROM traffic_per_service_1m
CROSS JOIN
  UNNEST(ARRAY[ROW('protocol', protocol), ROW('service', service)])
    AS entities(entity_type, entity)
WHERE entity IS NOT NULL
