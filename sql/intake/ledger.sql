-- What became of every record: received = accepted + late + dead + skipped, where received is counted by the format that reads it.
-- grain:  one row per input and minute of Kafka's record time; for files one row, of 1970-01-01, in total
-- given:  INPUT  name of the topic or of the files
-- key:    window_start, source
-- columns: window_start  the minute of record time; 1970-01-01 for files
-- columns: source        name of the topic or of the files
-- columns: received      records read, and lines and elements of arrays that are none
-- columns: accepted      records that became flows
-- columns: late          good flows whose window had closed
-- columns: dead          records that could not be used
-- columns: skipped       what the source says is no flow; skipped_records has the reasons
-- sink:   every run
-- misses: while a job runs, the latest windows: accepted records are counted when later ones close their windows, those
--         received after ten seconds
--
-- A minute is forgotten after two days without news.
CREATE VIEW ledger AS
SELECT /*+ STATE_TTL('entries' = '2d') */
  window_start,
  source,
  SUM(received) AS received,
  SUM(accepted) AS accepted,
  SUM(late) AS late,
  SUM(dead) AS dead,
  SUM(skipped) AS skipped
FROM (
  SELECT
    CAST(
      TO_TIMESTAMP_LTZ(60000 * CAST(COALESCE(record_minute, 0) AS BIGINT), 3) AS TIMESTAMP(3)
    ) AS window_start,
    '${INPUT}' AS source,
    received,
    accepted,
    late,
    dead,
    skipped
  FROM ledger_entries
) AS entries
GROUP BY window_start, source
