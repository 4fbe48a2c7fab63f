-- What the ledger adds up, already counted in the JVM so that no record costs an update.
-- grain:  one row per minute of record time and window for received and accepted; one per late or dead record
--
-- A line counts as one record received; where it holds more, the difference is added, and what cannot be read is dead.
CREATE VIEW ledger_entries AS
SELECT
  TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time) AS record_minute,
  COUNT(*) AS received,
  CAST(0 AS BIGINT) AS accepted,
  CAST(0 AS BIGINT) AS late,
  CAST(0 AS BIGINT) AS dead
FROM TABLE(TUMBLE(TABLE received_lines, DESCRIPTOR(arrival), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time)
UNION ALL
SELECT
  TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time) AS record_minute,
  CAST(0 AS BIGINT) AS received,
  COUNT(*) AS accepted,
  CAST(0 AS BIGINT) AS late,
  CAST(0 AS BIGINT) AS dead
FROM TABLE(TUMBLE(TABLE accepted_records, DESCRIPTOR(flow_end), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time)
UNION ALL
SELECT
  TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time) AS record_minute,
  CAST(0 AS BIGINT) AS received,
  CAST(0 AS BIGINT) AS accepted,
  CAST(CASE WHEN reject_reason IS NULL THEN 1 ELSE 0 END AS BIGINT) AS late,
  CAST(CASE WHEN reject_reason IS NULL THEN 0 ELSE 1 END AS BIGINT) AS dead
FROM records
WHERE reject_reason IS NOT NULL OR is_late
UNION ALL
SELECT
  TIMESTAMPDIFF(MINUTE, TO_TIMESTAMP_LTZ(0, 3), record_time) AS record_minute,
  CAST(records_read + CASE WHEN reject_reason IS NULL THEN 0 ELSE 1 END - 1 AS BIGINT) AS received,
  CAST(0 AS BIGINT) AS accepted,
  CAST(0 AS BIGINT) AS late,
  CAST(CASE WHEN reject_reason IS NULL THEN 0 ELSE 1 END AS BIGINT) AS dead
FROM uneven_lines
