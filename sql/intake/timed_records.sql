-- Records under canonical names, with what is wrong with them.
-- grain:  one row per record, and one per line or element of an array that is none
-- given:  RECORD_TIME_MS  when a record was written
-- params: MAX_CLOCK_SKEW_SECONDS   whole number from 0: how far an exporter's clock may be ahead of ours
--
-- A run puts a stream in the place of this view, on which it also counts what was received; see
-- jobs/flowsift/engine/pipeline.py. What is wrong does not depend on watermarks and is found before, so that the stream
-- carries the text of dead records only.
-- Counts are bounded at 10^15 so that no sum can overflow.
CREATE VIEW timed_records AS
WITH judged AS (
  SELECT
    *, -- handed on as they are -- noqa: AM04
    CASE
      WHEN line_fault IS NOT NULL THEN line_fault
      WHEN flow_end_ms IS NULL THEN 'flow_end is missing'
      WHEN flow_end_ms < 946684800000
        THEN 'flow_end is before the year 2000; milliseconds are expected'
      WHEN flow_end_ms > ${RECORD_TIME_MS} + 1000 * CAST('${MAX_CLOCK_SKEW_SECONDS:-300}' AS BIGINT)
        THEN 'flow_end is in the future'
      WHEN flow_start_ms IS NULL THEN 'flow_start is missing'
      WHEN flow_start_ms NOT BETWEEN 0 AND flow_end_ms THEN 'flow_start is after flow_end or negative'
      WHEN src_addr IS NULL THEN 'src_addr is missing'
      WHEN src_addr NOT LIKE '%.%' AND src_addr NOT LIKE '%:%' THEN 'src_addr is not an address'
      WHEN dst_addr IS NULL THEN 'dst_addr is missing'
      WHEN dst_addr NOT LIKE '%.%' AND dst_addr NOT LIKE '%:%' THEN 'dst_addr is not an address'
      WHEN protocol IS NULL OR protocol = '' THEN 'protocol is missing'
      WHEN protocol IN ('all', 'ALL', 'All') THEN 'protocol must not be all, which names the total'
      WHEN octets_out IS NULL THEN 'octets_out is missing'
      WHEN octets_out NOT BETWEEN 0 AND 1000000000000000
        THEN 'octets_out is negative or above 10^15'
      WHEN packets_out IS NULL THEN 'packets_out is missing'
      WHEN packets_out NOT BETWEEN 0 AND 1000000000000000
        THEN 'packets_out is negative or above 10^15'
      WHEN src_port NOT BETWEEN 0 AND 65535 THEN 'src_port is not a number from 0 to 65535'
      WHEN dst_port NOT BETWEEN 0 AND 65535 THEN 'dst_port is not a number from 0 to 65535'
      WHEN octets_in NOT BETWEEN 0 AND 1000000000000000
        THEN 'octets_in is negative or above 10^15'
      WHEN packets_in NOT BETWEEN 0 AND 1000000000000000
        THEN 'packets_in is negative or above 10^15'
      WHEN sampling_rate < 1 THEN 'sampling_rate is below 1'
    END AS reject_reason
  FROM records_in
)

SELECT
  event_time AS flow_end,
  flow_start_ms,
  flow_end_ms,
  src_addr,
  dst_addr,
  src_port,
  dst_port,
  protocol,
  service,
  octets_out,
  packets_out,
  octets_in,
  packets_in,
  sampling_rate,
  conn_state,
  exporter,
  flow_id,
  record_source,
  record_partition,
  record_offset,
  record_time,
  number_in_message,
  records_received,
  reject_reason,
  CASE WHEN reject_reason IS NOT NULL THEN raw_line END AS raw_line,
  raw_octets
FROM judged
