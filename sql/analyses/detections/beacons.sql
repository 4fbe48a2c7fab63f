-- Hosts that call one outside as if by a timer: even gaps, and even sizes.
-- grain:  one row per src_addr inside, dst_addr outside and window of BEACON_MINUTES in which the calls are regular
-- params: BEACON_MINUTES           length of a window; more than twenty times the slowest beacon that is of interest
-- params: BEACON_MIN_CALLS         calls of a window without which nothing is said
-- params: BEACON_MIN_SPAN_MINUTES  how long the calls must go on within a window
-- params: BEACON_THRESHOLD         how even gaps and sizes must be, from 0 to 1; random calls score about 0.3, one pair of
--                                  hosts in a thousand 0.77
-- order:  score DESC
-- misses: beacons faster than one call in four seconds; those of whose gaps or sizes half are more than a fifth off their
--         median; two connections a call; what calls many addresses in turn, keeps one connection open,
--         or calls from one source port, as time servers' clients may
--
-- Time servers, updates and other programs of good will call by a timer, too: what is new among these is worth a look.
-- The score is the lesser of gap_regularity and size_regularity, each 1 - MAD / median. Several flows that start at once
-- are one call. A long connection that is reported in pieces keeps its source port, and is no beacon.
CREATE VIEW beacons AS
SELECT
  window_start,
  window_end,
  src_addr,
  dst_addr,
  flows,
  calls,
  LEAST(gap_regularity, size_regularity) AS score,
  gap_seconds_median,
  gap_regularity,
  octets_per_flow_median,
  size_regularity,
  TO_TIMESTAMP_LTZ(first_start_ms, 3) AS first_start,
  TO_TIMESTAMP_LTZ(last_start_ms, 3) AS last_start
FROM (
  SELECT
    window_start,
    window_end,
    src_addr,
    dst_addr,
    SUM(flows) AS flows,
    MIN(first_start_ms) AS first_start_ms,
    MAX(last_start_ms) AS last_start_ms,
    ARRAY_AGG(ROW(first_start_ms, last_start_ms, flows, octets)) AS slices
  FROM TABLE(
    TUMBLE(
      TABLE outbound_per_pair_10s, DESCRIPTOR(rowtime), INTERVAL '${BEACON_MINUTES:-60}' MINUTE
    )
  )
  GROUP BY window_start, window_end, src_addr, dst_addr
  HAVING
    SUM(flows) >= CAST('${BEACON_MIN_CALLS:-20}' AS BIGINT)
    AND (MIN(least_src_port) <> MAX(largest_src_port) OR MIN(least_src_port) IS NULL)
)
CROSS JOIN LATERAL TABLE(beacon_regularity(slices))
  AS regular(calls, gap_seconds_median, gap_regularity, octets_per_flow_median, size_regularity)
WHERE
  calls >= CAST('${BEACON_MIN_CALLS:-20}' AS INT)
  AND gap_seconds_median * (calls - 1) >= 60 * CAST('${BEACON_MIN_SPAN_MINUTES:-20}' AS INT)
  AND gap_regularity >= CAST('${BEACON_THRESHOLD:-0.8}' AS DOUBLE)
  AND size_regularity >= CAST('${BEACON_THRESHOLD:-0.8}' AS DOUBLE)
