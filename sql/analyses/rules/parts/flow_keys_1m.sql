-- The largest flow keys, and the direction of their traffic.
-- grain:  one row per flow key and one-minute window with traffic, at most MAX_FLOW_KEYS a minute
-- params: MAX_FLOW_KEYS   flow keys of a minute that rules are made of; of more, the largest, and a sample of the equal ones
-- params: LOCAL_NETWORKS  regular expression of the addresses inside, for the direction
--
-- A million octets weigh as much as a flow. Where the keys are too many, most are of one small flow, as floods and scans
-- make them: a sample by a hash shows such a pattern in its proportion, whichever of its keys are left out.
CREATE VIEW flow_keys_1m AS
SELECT
  rowtime,
  conn_state,
  CASE
    WHEN is_src_local AND is_dst_local THEN 'internal'
    WHEN is_src_local THEN 'outbound'
    WHEN is_dst_local THEN 'inbound'
    ELSE 'transit'
  END AS direction,
  dst_addr,
  dst_port,
  protocol,
  service,
  src_addr,
  flows,
  octets
FROM (
  SELECT
    *,
    REGEXP(
      src_addr,
      '${LOCAL_NETWORKS:-(?i)^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|f[cd]|fe[89ab])}'
    ) AS is_src_local,
    REGEXP(
      dst_addr,
      '${LOCAL_NETWORKS:-(?i)^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|f[cd]|fe[89ab])}'
    ) AS is_dst_local
  FROM (
    SELECT
      rowtime,
      src_addr,
      dst_addr,
      dst_port,
      protocol,
      service,
      conn_state,
      flows,
      octets,
      ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end ORDER BY weight DESC, sample ASC
      ) AS place
    FROM (
      SELECT
        *,
        flows + octets / 1000000 AS weight,
        MD5(
          CONCAT_WS(
            ' ', src_addr, dst_addr, CAST(dst_port AS STRING), protocol, service, conn_state
          )
        ) AS sample
      FROM TABLE(TUMBLE(TABLE traffic_per_flow_key_1m, DESCRIPTOR(rowtime), INTERVAL '1' MINUTE))
    )
  )
  WHERE place <= CAST('${MAX_FLOW_KEYS:-200000}' AS BIGINT)
)
