-- When each line of the input was written, and when it came: what the ledger counts as received.
-- grain:  one row per message or line
-- given:  ARRIVAL  when a line counts as received
--
-- ARRIVAL, where the input has no end, is the time at which the window counts the line: such a window waits for no
-- watermark, and so drops nothing of a task that was held up or had fallen silent. It would not close at the end of an
-- input, so there the time of reading counts.
CREATE VIEW received_lines AS
SELECT
  record_time,
  ${ARRIVAL} AS arrival
FROM lines_in
