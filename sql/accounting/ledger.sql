-- What became of every record: received = accepted + late + dead, where received is counted on a scan of its own.
-- grain:  one row per input and minute of Kafka's record time; for files one row, of 1970-01-01, in total
-- key:    window_start, source
-- misses: while a job runs, accepted lags behind received until its windows close
CREATE VIEW ledger AS
SELECT
  COALESCE(CAST(record_minute AS TIMESTAMP(3)), TIMESTAMP '1970-01-01 00:00:00') AS window_start,
  input_name AS source,
  SUM(received) AS received,
  SUM(accepted) AS accepted,
  SUM(late) AS late,
  SUM(dead) AS dead
FROM ledger_entries
GROUP BY record_minute, input_name
