-- The canonical view: every good flow that came in time, whatever format it came in.
-- grain:  one row per flow and exporter
CREATE VIEW flows AS
SELECT
  flow_start,
  flow_end,
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
  input_name,
  record_time
FROM records
WHERE reject_reason IS NULL AND NOT is_late
