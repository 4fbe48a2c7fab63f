-- What each host sent by item set, where that alone may be a part of an anomaly, and in all.
-- grain:  one row per src_addr, item set and one-minute window with traffic; what is not part of the set is NULL
-- params: MIN_OCTETS, MIN_PACKETS, MIN_FLOWS, MIN_DESTINATIONS  number above 0: the smallest change worth a row
-- params: EXPLANATION_MIN_SHARE  share in (0, 1]: smallest share of the difference worth a row
CREATE VIEW sent_item_sets_1m AS
SELECT *
FROM (
  SELECT
    *, -- passed on as they are -- noqa: AM04
    GREATEST(
      octets / CAST('${MIN_OCTETS:-1000000}' AS DOUBLE),
      packets / CAST('${MIN_PACKETS:-1000}' AS DOUBLE),
      flow_count / CAST('${MIN_FLOWS:-100}' AS DOUBLE),
      destinations / CAST('${MIN_DESTINATIONS:-50}' AS DOUBLE)
    ) AS weight
  FROM (
    SELECT
      window_start,
      window_end,
      rowtime,
      kind,
      src_addr,
      dst_addr,
      dst_port,
      protocol,
      service,
      conn_state,
      octets,
      packets,
      flow_count,
      destinations
    FROM sent_by_item_1m
    UNION ALL
    SELECT
      window_start,
      window_end,
      rowtime,
      CAST(0 AS BIGINT) AS kind,
      src_addr,
      dst_addr,
      dst_port,
      protocol,
      service,
      conn_state,
      octets,
      packets,
      flow_count,
      CAST(CASE WHEN flow_count > 0 THEN 1 ELSE 0 END AS BIGINT) AS destinations
    FROM sent_per_flow_key_1m
  )
)
WHERE kind = 7 OR weight >= CAST('${EXPLANATION_MIN_SHARE:-0.1}' AS DOUBLE)
