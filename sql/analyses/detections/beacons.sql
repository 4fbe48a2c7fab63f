-- Local hosts that contact an external host at regular intervals: even gaps, and even sizes.
-- grain:  one row per local source, destination outside and window of BEACON_MINUTES in which the calls are regular
-- params: BEACON_MINUTES           whole number from 1 to 1440: length of a window; over twenty times the slowest beacon of interest
-- params: BEACON_MIN_CALLS         whole number from 2: calls in a window below which a pair is not scored
-- params: BEACON_MIN_SPAN_MINUTES  whole number from 0: how long the calls must go on within a window
-- params: BEACON_THRESHOLD         share in (0, 1]: how regular gaps and sizes must be; random calls score about 0.3, one
--                                  pair of hosts in a thousand 0.77
-- columns: window_start, window_end  the window
-- columns: entity_type             src_addr
-- columns: entity                  local address that calls
-- columns: dst_addr                address outside that is called
-- columns: flow_count              flows from the one to the other
-- columns: calls                   distinct starts of flows; several at once are one call
-- columns: score                   the lesser of gap_regularity and size_regularity, from 0 to 1
-- columns: gap_seconds_median      usual gap between two calls, in seconds
-- columns: gap_regularity          1 - MAD / median of the gaps, from 0 to 1
-- columns: octets_per_flow_median  usual size of a flow, in octets sent
-- columns: size_regularity         1 - MAD / median of the sizes, from 0 to 1
-- columns: first_start, last_start  start of the first and of the last call
-- order:  score DESC
-- misses: beacons faster than one call in four seconds; those of whose gaps or sizes half are more than a fifth off their
--         median; two connections a call; what calls many addresses in turn, keeps one connection open,
--         or calls from one source port, as time servers' clients may
--
-- Time servers, updates and other benign programs call by a timer too: a new one among them is worth a look.
-- A long connection that is reported in pieces keeps its source port, and is no beacon.
CREATE VIEW beacons AS
SELECT
  window_start,
  window_end,
  'src_addr' AS entity_type,
  src_addr AS entity,
  dst_addr,
  flow_count,
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
    SUM(flow_count) AS flow_count,
    MIN(first_start_ms) AS first_start_ms,
    MAX(last_start_ms) AS last_start_ms,
    ARRAY_AGG(ROW(first_start_ms, last_start_ms, flow_count, octets)) AS slices
  FROM TABLE(
    TUMBLE(
      TABLE outbound_per_pair_10s, DESCRIPTOR(rowtime), INTERVAL '${BEACON_MINUTES:-60}' MINUTE(4)
    )
  )
  GROUP BY window_start, window_end, src_addr, dst_addr
  HAVING
    SUM(flow_count) >= CAST('${BEACON_MIN_CALLS:-20}' AS BIGINT)
    AND (MIN(least_src_port) <> MAX(largest_src_port) OR MIN(least_src_port) IS NULL)
)
CROSS JOIN LATERAL TABLE(beacon_regularity(slices))
  AS regular(calls, gap_seconds_median, gap_regularity, octets_per_flow_median, size_regularity)
WHERE
  calls >= CAST('${BEACON_MIN_CALLS:-20}' AS INT)
  AND gap_seconds_median * (calls - 1) >= 60 * CAST('${BEACON_MIN_SPAN_MINUTES:-20}' AS INT)
  AND gap_regularity >= CAST('${BEACON_THRESHOLD:-0.8}' AS DOUBLE)
  AND size_regularity >= CAST('${BEACON_THRESHOLD:-0.8}' AS DOUBLE)
