-- Records under canonical names and in one spelling each, not judged yet.
-- grain:  one row per record, and one per line or element of an array that is none
-- params: EXPORTERS  regular expression: flows that other exporters report are skipped; all count if it is empty
--
-- A record of one direction that is a reply is turned round, so that its source is who opened the flow: what it counts
-- came back to the source.
-- A start of 0, or more than 30 days before the end, was not known to the exporter, or its clock wrapped: the flow then
-- counts as one moment.
CREATE VIEW spelled_records AS
SELECT
  event_time AS flow_end,
  CASE
    WHEN flow_start_ms BETWEEN 0 AND flow_end_ms - 30 * CAST(86400000 AS BIGINT) THEN flow_end_ms
    ELSE flow_start_ms
  END AS flow_start_ms,
  flow_end_ms,
  CASE WHEN is_reply THEN dst_addr ELSE src_addr END AS src_text,
  CASE WHEN is_reply THEN src_addr ELSE dst_addr END AS dst_text,
  CASE WHEN is_reply THEN ip_address(dst_addr) ELSE ip_address(src_addr) END AS src_addr,
  CASE WHEN is_reply THEN ip_address(src_addr) ELSE ip_address(dst_addr) END AS dst_addr,
  CASE WHEN is_reply THEN dst_port ELSE src_port END AS src_port,
  CASE WHEN is_reply THEN src_port ELSE dst_port END AS dst_port,
  ip_protocol(protocol) AS protocol,
  sorted_services(service) AS service,
  CASE WHEN is_reply AND octets_out IS NOT NULL THEN 0 ELSE octets_out END AS octets_out,
  CASE WHEN is_reply AND packets_out IS NOT NULL THEN 0 ELSE packets_out END AS packets_out,
  CASE WHEN is_reply THEN octets_out ELSE octets_in END AS octets_in,
  CASE WHEN is_reply THEN packets_out ELSE packets_in END AS packets_in,
  sampling_rate,
  count_multiplier,
  GREATEST(COALESCE(count_multiplier, 1), 1) AS multiplier,
  conn_state,
  tcp_flags,
  CASE WHEN is_reply THEN dst_as ELSE src_as END AS src_as,
  CASE WHEN is_reply THEN src_as ELSE dst_as END AS dst_as,
  exporter,
  flow_id,
  COALESCE(is_reply, FALSE) AS is_reply,
  record_source,
  record_partition,
  record_offset,
  record_time,
  number_in_message,
  records_received,
  line_fault,
  CASE
    WHEN skip_reason IS NOT NULL THEN skip_reason
    WHEN '${EXPORTERS:-}' <> '' AND NOT COALESCE(REGEXP(exporter, '${EXPORTERS:-}'), FALSE)
      THEN 'reported by an exporter that EXPORTERS leaves out'
  END AS skip_reason,
  raw_line,
  raw_octets
FROM records_in
