-- When each line of the input was written, and when it was read: what the ledger counts as received.
-- grain:  one row per message or line
--
-- A view of its own, because a live run puts a stream in its place; see jobs/pipeline.py.
CREATE VIEW received_lines AS
SELECT
  record_time,
  arrival
FROM lines_in
