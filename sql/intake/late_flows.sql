-- Good flows that came after their window had closed.
-- grain:  one row per late flow, without the columns that no count depends on; its position leads to the rest
-- sink:   every run
-- misses: nothing; a flow is either here or in every analysis
CREATE VIEW late_flows AS
SELECT
  TO_TIMESTAMP_LTZ(flow_start_ms, 3) AS flow_start,
  CAST(flow_end AS TIMESTAMP_LTZ(3)) AS flow_end,
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
  record_source,
  record_partition,
  record_offset,
  record_time
FROM records
WHERE reject_reason IS NULL AND is_late
