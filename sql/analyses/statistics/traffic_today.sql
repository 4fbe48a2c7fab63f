-- The day so far, minute by minute: early results before the day ends.
-- grain:  one row per entity and minute of the day with traffic
-- params: DAY_BEGINS_MINUTE  whole number from 0 to 1439: when the day begins, in minutes after midnight UTC: 300 for New
--         York in winter, 1380 for Berlin
-- columns: window_start  beginning of the day
-- columns: window_end    end of the minute up to which is counted
-- columns: entity_type, entity  all, or protocol and its name
-- columns: flow_count    flows of the day so far
-- columns: octets        octets of both directions
-- columns: packets       packets of both directions
-- misses: minutes without traffic, in which nothing changes; a flow counts wholly in the minute of its end, however long it
--         was
CREATE VIEW traffic_today AS
WITH slices AS (
  SELECT
    rowtime,
    entity_type,
    entity,
    flow_count,
    octets,
    packets
  FROM traffic_per_protocol_10s
)

SELECT
  window_start,
  window_end,
  entity_type,
  entity,
  SUM(flow_count) AS flow_count,
  SUM(octets) AS octets,
  SUM(packets) AS packets
FROM TABLE(
  CUMULATE(
    TABLE slices,
    DESCRIPTOR(rowtime),
    INTERVAL '1' MINUTE,
    INTERVAL '1' DAY,
    INTERVAL '${DAY_BEGINS_MINUTE:-0}' MINUTE(4)
  )
)
GROUP BY window_start, window_end, entity_type, entity
HAVING
  CAST(MAX(CAST(rowtime AS TIMESTAMP_LTZ(3))) AS TIMESTAMP(3)) >= window_end - INTERVAL '1' MINUTE
