-- Records that could not be used, and why.
-- grain:  one row per dead record
-- misses: nothing; what is neither here nor in late_flows is in every analysis
CREATE VIEW dead_letters AS
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  reject_reason,
  line AS raw_text
FROM uneven_lines
WHERE reject_reason IS NOT NULL
UNION ALL
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  reject_reason,
  CAST(NULL AS STRING) AS raw_text
FROM records
WHERE reject_reason IS NOT NULL
