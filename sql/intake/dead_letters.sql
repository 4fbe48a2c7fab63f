-- Records that could not be used, and why.
-- grain:  one row per dead record; raw_text of what could not be read, fields_read of what was read and breaks a rule
-- columns: record_source     topic, or path of the file
-- columns: record_partition  partition of the topic; NULL for files
-- columns: record_offset     offset in the partition; NULL for files
-- columns: record_time       time of the record in Kafka; NULL for files
-- columns: reject_reason     what is wrong with it
-- columns: raw_text          the line, where it could not be read
-- columns: fields_read       the fields that could be read, as JSON, where one of them breaks a rule
-- sink:   every run
-- misses: in fields_read, a field of the wrong type, which reject_reason names; the position leads to the record
-- misses: nothing; what is neither here nor in late_flows is in every analysis
CREATE VIEW dead_letters AS
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  reject_reason,
  line AS raw_text,
  CAST(NULL AS STRING) AS fields_read
FROM uneven_lines
WHERE reject_reason IS NOT NULL
UNION ALL
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  reject_reason,
  CAST(NULL AS STRING) AS raw_text,
  JSON_OBJECT(
    'flow_start' VALUE flow_start_ms,
    'flow_end' VALUE flow_end_ms,
    'src_addr' VALUE src_addr,
    'dst_addr' VALUE dst_addr,
    'src_port' VALUE src_port,
    'dst_port' VALUE dst_port,
    'protocol' VALUE protocol,
    'octets_out' VALUE octets_out,
    'packets_out' VALUE packets_out,
    'octets_in' VALUE octets_in,
    'packets_in' VALUE packets_in,
    'sampling_rate' VALUE sampling_rate
    ABSENT ON NULL
  ) AS fields_read
FROM records
WHERE reject_reason IS NOT NULL
