-- What each host sent, in all and by item set; a host's first minute without traffic is a row too, with no item sets.
-- grain:  one row per src_addr and one-minute window with traffic in it or in the minute before
CREATE VIEW sent_profile_1m AS
SELECT
  window_end - INTERVAL '1' MINUTE AS window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  TIMESTAMPDIFF(MINUTE, TIMESTAMP '1970-01-01 00:00:00', window_end) AS minute_number,
  SUM(CASE WHEN is_current AND is_total THEN flow_count ELSE 0 END) AS flow_count,
  SUM(CASE WHEN is_current AND is_total THEN octets ELSE 0 END) AS octets,
  SUM(CASE WHEN is_current AND is_total THEN packets ELSE 0 END) AS packets,
  SUM(CASE WHEN is_current AND is_total THEN destinations ELSE 0 END) AS destinations,
  ARRAY_AGG(
    ROW(
      kind,
      dst_addr,
      dst_port,
      protocol,
      service,
      conn_state,
      octets,
      packets,
      flow_count,
      destinations
    )
  ) FILTER (WHERE is_current) AS item_sets
FROM (
  SELECT
    *,
    rowtime >= window_end - INTERVAL '1' MINUTE AS is_current,
    kind = 7 AS is_total
  FROM TABLE(
    HOP(
      TABLE largest_item_sets_1m,
      DESCRIPTOR(rowtime),
      INTERVAL '1' MINUTE,
      INTERVAL '2' MINUTE
    )
  )
)
GROUP BY window_start, window_end, window_time, src_addr
