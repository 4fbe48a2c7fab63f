-- Good flows that came after their window had closed.
-- grain:  one row per late flow
-- misses: nothing; a flow is either here or in every analysis
CREATE VIEW late_flows AS
SELECT
  flow_start,
  CAST(flow_end AS TIMESTAMP_LTZ(3)) AS flow_end,
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
  record_time
FROM records
WHERE reject_reason IS NULL AND is_late
