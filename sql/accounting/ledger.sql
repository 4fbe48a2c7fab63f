-- What became of every record: received = accepted + late + dead, where received is counted on a scan of its own.
-- grain:  one row per input and minute of Kafka's record time; for files one row, of 1970-01-01, in total
-- key:    window_start, source
-- misses: while a job runs, accepted lags behind received until its windows close
--
-- INPUT is the name of the topic or of the files, as given at start.
CREATE VIEW ledger AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(60000 * CAST(COALESCE(record_minute, 0) AS BIGINT), 3) AS TIMESTAMP(3)) AS window_start,
  '${INPUT}' AS source,
  SUM(received) AS received,
  SUM(accepted) AS accepted,
  SUM(late) AS late,
  SUM(dead) AS dead
FROM ledger_entries
GROUP BY record_minute
