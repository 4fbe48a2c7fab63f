-- The busiest sources, destinations and pairs of each minute, with their share of all octets.
-- grain:  one row per one-minute window, entity_type (src_addr, dst_addr, pair) and rank
-- params: TOP_N  whole number from 1: ranks of each entity_type
-- columns: window_start, window_end  the minute
-- columns: entity_type, entity  src_addr, dst_addr or pair, and its address or addresses, as in A > B
-- columns: rank          1 for most octets
-- columns: flow_count    flows that ended in the minute
-- columns: octets        octets of both directions
-- columns: packets       packets of both directions
-- columns: octets_share  share of all octets of the minute, from 0 to 1; NULL if there are none
-- order:  entity_type, rank
-- misses: what flows longer than a minute carried in minutes that had closed, which backfilled_traffic has; equal octets
--         are ranked by name
CREATE VIEW top_talkers AS
WITH talkers AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end, entity_type ORDER BY octets DESC, entity ASC
    ) AS `rank`
  FROM talkers_1m
  WHERE entity_type <> 'all'
),

everyone AS (
  SELECT *
  FROM talkers_1m
  WHERE entity_type = 'all'
)

SELECT
  talkers.window_start,
  talkers.window_end,
  talkers.entity_type,
  talkers.entity,
  talkers.`rank`,
  talkers.flow_count,
  talkers.octets,
  talkers.packets,
  CAST(talkers.octets AS DOUBLE) / NULLIF(everyone.octets, 0) AS octets_share
FROM talkers
INNER JOIN everyone
  ON talkers.window_start = everyone.window_start AND talkers.window_end = everyone.window_end
WHERE talkers.`rank` <= CAST('${TOP_N:-10}' AS INT)
