-- The largest flow keys, and the direction of their traffic.
-- grain:  one row per flow key and one-minute window with traffic, at most MAX_FLOW_KEYS a minute
-- params: MAX_FLOW_KEYS   flow keys of a minute that rules are made of; of more, the largest, and a sample of the equal ones
--
-- A million octets weigh as much as a flow. Where the keys are too many, most are of one small flow, as floods and scans
-- make them: a sample by a hash shows such a pattern in its proportion, whichever of its keys are left out.
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
  flows,
  octets
FROM (
  SELECT
    rowtime,
    src_addr,
    dst_addr,
    dst_port,
    protocol,
    service,
    conn_state,
    direction,
    flow_count AS flows,
    octets,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end ORDER BY weight DESC, sample ASC
    ) AS place
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
WHERE place <= CAST('${MAX_FLOW_KEYS:-200000}' AS BIGINT)
