-- Flows from a local host to one outside, in slices so short that slow calls have at most two in one.
-- grain:  one row per local src_addr, dst_addr outside and ten-second window with traffic
--
-- Replies are no calls, and are left out. Multicast, broadcast, loopback and link-local addresses are not outside. Milliseconds are composed of seconds and
-- their fraction, since Flink has no function for them.
CREATE VIEW outbound_per_pair_10s AS
SELECT
  window_time AS rowtime,
  src_addr,
  dst_addr,
  1000 * CAST(TIMESTAMPDIFF(SECOND, TO_TIMESTAMP_LTZ(0, 3), MIN(flow_start)) AS BIGINT)
  + EXTRACT(MILLISECOND FROM MIN(flow_start)) AS first_start_ms,
  1000 * CAST(TIMESTAMPDIFF(SECOND, TO_TIMESTAMP_LTZ(0, 3), MAX(flow_start)) AS BIGINT)
  + EXTRACT(MILLISECOND FROM MAX(flow_start)) AS last_start_ms,
  MIN(src_port) AS least_src_port,
  MAX(src_port) AS largest_src_port,
  COUNT(*) AS flow_count,
  SUM(octets_out) AS octets
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '10' SECOND))
WHERE
  direction = 'outbound'
  AND NOT is_reply
  AND NOT REGEXP(
    dst_addr, '(?i)^(22[4-9]\.|23\d\.|255\.255\.255\.255$|127\.|169\.254\.|0\.|ff|fe[89ab]|::1$)'
  )
GROUP BY window_start, window_end, window_time, src_addr, dst_addr
