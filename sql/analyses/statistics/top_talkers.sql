-- The busiest sources, destinations and pairs of each minute, with their share of all octets.
-- grain:  one row per one-minute window, entity_type (src_addr, dst_addr, pair) and place
-- params: TOP_N  how many places
-- order:  entity_type, place
-- misses: nothing; equal octets are placed by name
CREATE VIEW top_talkers AS
SELECT
  window_start,
  window_end,
  entity_type,
  place,
  entity,
  flows,
  octets,
  packets,
  octets_share
FROM (
  SELECT
    talkers.window_start,
    talkers.window_end,
    talkers.entity_type,
    talkers.entity,
    talkers.flow_count AS flows,
    talkers.octets,
    talkers.packets,
    CAST(talkers.octets AS DOUBLE) / NULLIF(everyone.octets, 0) AS octets_share,
    talkers.place
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end, entity_type ORDER BY octets DESC, entity ASC
      ) AS place
    FROM talkers_1m
    WHERE entity_type <> 'all'
  ) AS talkers
  INNER JOIN (
    SELECT *
    FROM talkers_1m
    WHERE entity_type = 'all'
  ) AS everyone
    ON talkers.window_start = everyone.window_start AND talkers.window_end = everyone.window_end
  WHERE talkers.place <= CAST('${TOP_N:-10}' AS INT)
)
