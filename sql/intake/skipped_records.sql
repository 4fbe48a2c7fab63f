-- What the source says is no flow, and why: header lines, events of other kinds, markers.
-- grain:  one row per input, minute of Kafka's record time and reason; for files one row a reason, of 1970-01-01, in total
-- given:  INPUT  name of the topic or of the files
-- key:    window_start, source, skip_reason
-- columns: window_start  the minute of record time; 1970-01-01 for files
-- columns: source        name of the topic or of the files
-- columns: skip_reason   what the record is instead of a flow
-- columns: skipped       records
-- sink:   every run
-- misses: nothing; while a job runs, what was skipped in the last ten seconds
--
-- A minute is forgotten after two days without news.
CREATE VIEW skipped_records AS
SELECT /*+ STATE_TTL('entries' = '2d') */
  window_start,
  source,
  skip_reason,
  SUM(records) AS skipped
FROM (
  SELECT
    CAST(
      TO_TIMESTAMP_LTZ(60000 * CAST(COALESCE(record_minute, 0) AS BIGINT), 3) AS TIMESTAMP(3)
    ) AS window_start,
    '${INPUT}' AS source,
    skip_reason,
    records
  FROM record_counts
  WHERE skip_reason IS NOT NULL
) AS entries
GROUP BY window_start, source, skip_reason
