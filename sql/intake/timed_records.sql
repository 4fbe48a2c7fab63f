-- The records that parse, under canonical names, before they are judged.
-- grain:  one row per record that parses
--
-- A view of its own, because a live run, or one with a learner, puts a stream in its place; see jobs/flowsift/engine/pipeline.py.
CREATE VIEW timed_records AS
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
  record_time
FROM records_in
