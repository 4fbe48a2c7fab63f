-- The canonical view: every good flow that came in time, whatever format it came in.
-- grain:  one row per flow and exporter
CREATE VIEW flows AS
SELECT
  TO_TIMESTAMP_LTZ(flow_start_ms, 3) AS flow_start,
  flow_end,
  src_addr,
  dst_addr,
  CAST(src_port AS INT) AS src_port,
  CAST(dst_port AS INT) AS dst_port,
  LOWER(protocol) AS protocol,
  service,
  octets_out,
  packets_out,
  CAST(octets_in AS BIGINT) AS octets_in,
  CAST(packets_in AS BIGINT) AS packets_in,
  COALESCE(CAST(sampling_rate AS BIGINT), 1) AS sampling_rate,
  conn_state,
  exporter,
  flow_id
FROM records
WHERE reject_reason IS NULL AND NOT is_late
