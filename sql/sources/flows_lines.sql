-- The same JSON as `flows`, where a message holds several lines.
-- grain:  one row per flow and exporter
-- delay:  15 seconds
-- time:   flow_end in ms
-- lines:  split_lines
--
-- A view over lines instead of a table: each field is taken out of the line on its own, which is several times slower.
CREATE VIEW sources.flows_lines AS
SELECT
  TRY_CAST(JSON_VALUE(text, '$.flow_start') AS BIGINT) AS flow_start_ms,
  TRY_CAST(JSON_VALUE(text, '$.flow_end') AS BIGINT) AS flow_end_ms,
  JSON_VALUE(text, '$.src_addr') AS src_addr,
  JSON_VALUE(text, '$.dst_addr') AS dst_addr,
  JSON_VALUE(text, '$.src_port') AS src_port,
  JSON_VALUE(text, '$.dst_port') AS dst_port,
  JSON_VALUE(text, '$.protocol') AS protocol,
  JSON_VALUE(text, '$.service') AS service,
  TRY_CAST(JSON_VALUE(text, '$.octets_out') AS BIGINT) AS octets_out,
  TRY_CAST(JSON_VALUE(text, '$.packets_out') AS BIGINT) AS packets_out,
  JSON_VALUE(text, '$.octets_in') AS octets_in,
  JSON_VALUE(text, '$.packets_in') AS packets_in,
  JSON_VALUE(text, '$.sampling_rate') AS sampling_rate,
  JSON_VALUE(text, '$.conn_state') AS conn_state,
  JSON_VALUE(text, '$.exporter') AS exporter,
  JSON_VALUE(text, '$.flow_id') AS flow_id,
  record_source,
  record_partition,
  record_offset,
  record_time
FROM clean_lines
WHERE text IS JSON OBJECT
