-- Good flows that came after their window had closed.
-- grain:  one row per late flow, without the columns that no count depends on; its position leads to the rest
-- columns: flow_start, flow_end  times of the first and the last packet; the end is the event time
-- columns: src_addr, dst_addr    who opened the flow, and who answered
-- columns: src_port, dst_port    0 to 65535; for ICMP type and code
-- columns: protocol, service     as in flows
-- columns: octets_out, packets_out  from source to destination, with sampling multiplied out
-- columns: octets_in, packets_in  back; NULL where the exporter sees one direction
-- columns: sampling_rate     one packet in so many was seen; 1 if unknown
-- columns: behind_seconds  how much longer the windows would have had to wait for it
-- columns: record_source     topic, or path of the file
-- columns: record_partition  partition of the topic; NULL for files
-- columns: record_offset     offset in the partition; in a file the octet, uncompressed, at which the line begins
-- columns: record_time       time of the record in Kafka; NULL for files
-- columns: number_in_message  which of the records of its message it is, from 0
-- sink:   every run
-- misses: nothing; a flow is either here or in every analysis
CREATE VIEW late_flows AS
SELECT
  TO_TIMESTAMP_LTZ(flow_start_ms, 3) AS flow_start,
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
  GREATEST(COALESCE(sampling_rate, 1), 1) AS sampling_rate,
  CAST(CEIL(behind_ms / 1000.0) AS BIGINT) AS behind_seconds,
  record_source,
  record_partition,
  record_offset,
  record_time,
  number_in_message
FROM records
WHERE reject_reason IS NULL AND is_late
