-- The largest flow keys.
-- grain:  one row per flow key and one-minute window with traffic, at most MAX_FLOW_KEYS a minute
-- params: MAX_FLOW_KEYS   whole number from 1: flow keys of a minute that rules are made of, the largest
--
-- A million octets weigh as much as a flow. Where there are too many keys, most are of one small flow, as floods and scans
-- make them: of equal keys a sample by hash is kept, which shows such a pattern in its proportion.
CREATE VIEW flow_keys_1m AS
SELECT
  rowtime,
  conn_state,
  direction,
  dst_addr,
  dst_port,
  protocol,
  service,
  src_addr,
  flow_count,
  octets
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end ORDER BY weight DESC, sample ASC
    ) AS `rank`
  FROM (
    SELECT
      *,
      flow_count + octets / 1000000 AS weight,
      MD5(
        CONCAT_WS(
          ' ', src_addr, dst_addr, CAST(dst_port AS STRING), protocol, service, conn_state
        )
      ) AS sample
    FROM traffic_per_flow_key_1m
  )
)
WHERE `rank` <= CAST('${MAX_FLOW_KEYS:-200000}' AS BIGINT)
