-- What each host sent, by destination, by protocol, port and service, by state, and by what of these goes together.
-- grain:  one row per src_addr, item set and one-minute window with traffic; what is no part of the set is NULL
-- params: EXPLANATION_ITEM_SETS  item sets of each kind that are kept of a host's minute, the largest
--
-- A state that is NULL is no item. For size, a million octets and a thousand packets weigh as much as a flow.
CREATE VIEW sent_item_sets_1m AS
SELECT
  rowtime,
  src_addr,
  dst_addr,
  dst_port,
  protocol,
  service,
  conn_state,
  octets,
  packets,
  flows,
  destinations
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end, src_addr, kind
      ORDER BY flows + octets / 1000000 + packets / 1000 DESC, dst_addr ASC, dst_port ASC
    ) AS place
  FROM (
    SELECT
      window_start,
      window_end,
      window_time AS rowtime,
      src_addr,
      dst_addr,
      dst_port,
      protocol,
      service,
      conn_state,
      GROUPING(dst_addr, protocol, conn_state) AS kind,
      SUM(octets_out) AS octets,
      SUM(packets_out) AS packets,
      SUM(flows) AS flows,
      COUNT(DISTINCT dst_addr) AS destinations
    FROM TABLE(TUMBLE(TABLE traffic_per_flow_key_1m, DESCRIPTOR(rowtime), INTERVAL '1' MINUTE))
    GROUP BY
      window_start, window_end, window_time, src_addr,
      GROUPING SETS (
        (),
        (dst_addr),
        (protocol, dst_port, service),
        (conn_state),
        (dst_addr, protocol, dst_port, service),
        (dst_addr, conn_state),
        (protocol, dst_port, service, conn_state),
        (dst_addr, protocol, dst_port, service, conn_state)
      )
    HAVING conn_state IS NULL OR conn_state <> ''
  )
)
WHERE place <= CAST('${EXPLANATION_ITEM_SETS:-5}' AS BIGINT)
