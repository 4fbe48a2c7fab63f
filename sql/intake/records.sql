-- Records under canonical names, each judged: good, a dead letter, or late.
-- grain:  one row per record that parses
-- given:  RECORD_TIME_MS  when a record was written
-- params: MAX_CLOCK_SKEW_SECONDS   whole number from 0: how far an exporter's clock may be ahead of ours
--
-- A record is late when the ten-second window of its end has closed; every larger window is then still open for the rest.
-- Types become those of `flows` behind the judgement, where only the columns in use are converted.
-- Counts are bounded at 10^15 so that no sum can overflow.
CREATE VIEW records AS
SELECT
  *, -- handed on as they are -- noqa: AM04
  CASE
    WHEN flow_end_ms IS NULL THEN 'flow_end is missing or not a number'
    WHEN flow_end_ms < 946684800000
      THEN 'flow_end is before the year 2000; milliseconds are expected'
    WHEN flow_end_ms > ${RECORD_TIME_MS} + 1000 * CAST('${MAX_CLOCK_SKEW_SECONDS:-300}' AS BIGINT)
      THEN 'flow_end is in the future'
    WHEN flow_start_ms IS NULL THEN 'flow_start is missing or not a number'
    WHEN flow_start_ms NOT BETWEEN 0 AND flow_end_ms THEN 'flow_start is after flow_end or negative'
    WHEN src_addr IS NULL THEN 'src_addr is missing'
    WHEN src_addr NOT LIKE '%.%' AND src_addr NOT LIKE '%:%'
      OR src_addr LIKE '{%' OR src_addr LIKE '[%'
      THEN 'src_addr is not an address'
    WHEN dst_addr IS NULL THEN 'dst_addr is missing'
    WHEN dst_addr NOT LIKE '%.%' AND dst_addr NOT LIKE '%:%'
      OR dst_addr LIKE '{%' OR dst_addr LIKE '[%'
      THEN 'dst_addr is not an address'
    WHEN protocol IS NULL OR protocol = '' THEN 'protocol is missing'
    WHEN protocol IN ('all', 'ALL', 'All') THEN 'protocol must not be all, which names the total'
    WHEN octets_out IS NULL THEN 'octets_out is missing or not a number'
    WHEN octets_out NOT BETWEEN 0 AND 1000000000000000
      THEN 'octets_out is negative or above 10^15'
    WHEN packets_out IS NULL THEN 'packets_out is missing or not a number'
    WHEN packets_out NOT BETWEEN 0 AND 1000000000000000
      THEN 'packets_out is negative or above 10^15'
    WHEN src_port IS NOT NULL AND COALESCE(TRY_CAST(src_port AS INT), -1) NOT BETWEEN 0 AND 65535
      THEN 'src_port is not a number from 0 to 65535'
    WHEN dst_port IS NOT NULL AND COALESCE(TRY_CAST(dst_port AS INT), -1) NOT BETWEEN 0 AND 65535
      THEN 'dst_port is not a number from 0 to 65535'
    WHEN octets_in IS NOT NULL
      AND COALESCE(TRY_CAST(octets_in AS BIGINT), -1) NOT BETWEEN 0 AND 1000000000000000
      THEN 'octets_in is not a number from 0 to 10^15'
    WHEN packets_in IS NOT NULL
      AND COALESCE(TRY_CAST(packets_in AS BIGINT), -1) NOT BETWEEN 0 AND 1000000000000000
      THEN 'packets_in is not a number from 0 to 10^15'
    WHEN sampling_rate IS NOT NULL AND COALESCE(TRY_CAST(sampling_rate AS BIGINT), 0) < 1
      THEN 'sampling_rate is not a number from 1 up'
  END AS reject_reason,
  (
    '${CLOCK:-event}' = 'event'
    AND TO_TIMESTAMP_LTZ(flow_end_ms - MOD(flow_end_ms, 10000) + 9999, 3)
    <= CURRENT_WATERMARK(flow_end)
  ) IS TRUE AS is_late
FROM timed_records
