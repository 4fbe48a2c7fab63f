-- Records with what is wrong with them, and with sampling multiplied out.
-- grain:  one row per record, and one per line or element of an array that is none
-- given:  RECORD_TIME_MS  when a record was written
-- params: MAX_CLOCK_SKEW_SECONDS   whole number from 0: how far an exporter's clock may be ahead of ours
--
-- A run puts a stream in the place of this view, on which it also counts what was received and skipped; see
-- jobs/flowsift/engine/pipeline.py. What is wrong does not depend on watermarks and is found before, so that the stream
-- carries the text of dead records only.
-- Where the exporter does not know the state of a connection, the flags of its packets say it, in Zeek's words, as far as
-- they can: of one direction they are those of its sender.
-- Counts are bounded at 10^15, with sampling multiplied out, so that no sum can overflow.
CREATE VIEW timed_records AS
WITH judged AS (
  SELECT
    *, -- handed on as they are -- noqa: AM04
    CASE
      WHEN skip_reason IS NOT NULL THEN CAST(NULL AS STRING)
      WHEN line_fault IS NOT NULL THEN line_fault
      WHEN flow_end_ms IS NULL THEN 'flow_end is missing'
      WHEN flow_end_ms < 946684800000
        THEN 'flow_end is before the year 2000; milliseconds are expected'
      WHEN flow_end_ms - 1000 * CAST('${MAX_CLOCK_SKEW_SECONDS:-300}' AS BIGINT) > ${RECORD_TIME_MS}
        AND flow_end_ms - 1000 * CAST('${MAX_CLOCK_SKEW_SECONDS:-300}' AS BIGINT)
        > epoch_ms(CURRENT_TIMESTAMP)
        THEN 'flow_end is in the future'
      WHEN flow_start_ms IS NULL THEN 'flow_start is missing'
      WHEN flow_start_ms NOT BETWEEN 0 AND flow_end_ms
        THEN 'flow_start is after flow_end or negative'
      WHEN src_text IS NULL THEN 'src_addr is missing'
      WHEN src_addr IS NULL THEN 'src_addr is not an address'
      WHEN dst_text IS NULL THEN 'dst_addr is missing'
      WHEN dst_addr IS NULL THEN 'dst_addr is not an address'
      WHEN protocol IS NULL THEN 'protocol is missing'
      WHEN protocol = 'all' THEN 'protocol must not be all, which names the total'
      WHEN octets_out IS NULL THEN 'octets_out is missing'
      WHEN count_multiplier NOT BETWEEN 0 AND 1000000000
        THEN 'sampling_rate is negative or above 10^9'
      WHEN octets_out NOT BETWEEN 0 AND 1000000000000000 / multiplier
        THEN 'octets_out is negative or above 10^15'
      WHEN packets_out IS NULL THEN 'packets_out is missing'
      WHEN packets_out NOT BETWEEN 0 AND 1000000000000000 / multiplier
        THEN 'packets_out is negative or above 10^15'
      WHEN src_port NOT BETWEEN 0 AND 65535 THEN 'src_port is not a number from 0 to 65535'
      WHEN dst_port NOT BETWEEN 0 AND 65535 THEN 'dst_port is not a number from 0 to 65535'
      WHEN octets_in NOT BETWEEN 0 AND 1000000000000000 / multiplier
        THEN 'octets_in is negative or above 10^15'
      WHEN packets_in NOT BETWEEN 0 AND 1000000000000000 / multiplier
        THEN 'packets_in is negative or above 10^15'
      WHEN sampling_rate < 0 THEN 'sampling_rate is negative'
    END AS reject_reason
  FROM spelled_records
)

SELECT
  flow_end,
  flow_start_ms,
  flow_end_ms,
  src_addr,
  dst_addr,
  src_port,
  dst_port,
  protocol,
  service,
  octets_out * multiplier AS octets_out,
  packets_out * multiplier AS packets_out,
  octets_in * multiplier AS octets_in,
  packets_in * multiplier AS packets_in,
  sampling_rate,
  CASE
    WHEN conn_state IS NOT NULL THEN conn_state
    WHEN protocol = 'udp' THEN CASE WHEN packets_in = 0 THEN 'S0' WHEN packets_in > 0 THEN 'SF' END
    WHEN protocol <> 'tcp' OR tcp_flags IS NULL THEN CAST(NULL AS STRING)
    -- FIN is 1, SYN 2, RST 4, PSH 8, ACK 16
    WHEN MOD(tcp_flags, 4) >= 2 AND (packets_in = 0 OR MOD(tcp_flags, 32) < 16) THEN 'S0'
    WHEN MOD(tcp_flags, 8) >= 4 AND MOD(tcp_flags, 4) < 2
      THEN CASE WHEN is_reply THEN 'REJ' ELSE 'OTH' END
    WHEN MOD(tcp_flags, 8) >= 4 AND MOD(tcp_flags, 2) = 0 AND MOD(tcp_flags, 16) < 8
      AND packets_in <= packets_out THEN 'REJ'
    WHEN MOD(tcp_flags, 8) >= 4 THEN CASE WHEN is_reply THEN 'RSTR' ELSE 'RSTO' END
    WHEN MOD(tcp_flags, 4) < 2 THEN 'OTH'
    WHEN MOD(tcp_flags, 2) = 1 THEN 'SF'
    ELSE 'S1'
  END AS conn_state,
  tcp_flags,
  src_as,
  dst_as,
  exporter,
  flow_id,
  is_reply,
  record_source,
  record_partition,
  record_offset,
  record_time,
  number_in_message,
  records_received,
  skip_reason,
  reject_reason,
  CASE WHEN reject_reason IS NOT NULL THEN raw_line END AS raw_line,
  raw_octets,
  CAST(NULL AS INT) AS shift_minutes
FROM judged
