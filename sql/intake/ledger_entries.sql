-- What the ledger adds up, already counted in the JVM so that no record costs an update.
-- grain:  received and skipped: one row per minute of record time and ten seconds; accepted: per minute and window; one per late or
--         dead record
CREATE VIEW ledger_entries AS
SELECT
  record_minute,
  CASE WHEN skip_reason IS NULL THEN records ELSE 0 END AS received,
  CAST(0 AS BIGINT) AS accepted,
  CAST(0 AS BIGINT) AS late,
  CAST(0 AS BIGINT) AS dead,
  CASE WHEN skip_reason IS NULL THEN 0 ELSE records END AS skipped
FROM record_counts
UNION ALL
SELECT
  TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time) AS record_minute,
  CAST(0 AS BIGINT) AS received,
  COUNT(*) AS accepted,
  CAST(0 AS BIGINT) AS late,
  CAST(0 AS BIGINT) AS dead,
  CAST(0 AS BIGINT) AS skipped
FROM TABLE(TUMBLE(TABLE accepted_records, DESCRIPTOR(flow_end), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time)
UNION ALL
SELECT
  TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time) AS record_minute,
  CAST(0 AS BIGINT) AS received,
  CAST(0 AS BIGINT) AS accepted,
  CAST(CASE WHEN reject_reason IS NULL THEN 1 ELSE 0 END AS BIGINT) AS late,
  CAST(CASE WHEN reject_reason IS NULL THEN 0 ELSE 1 END AS BIGINT) AS dead,
  CAST(0 AS BIGINT) AS skipped
FROM records
WHERE reject_reason IS NOT NULL OR is_late
