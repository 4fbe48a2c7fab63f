-- The input as bare lines, one record each if all is well.
-- grain:  one row per message or line
-- given:  LINES  the view that the source names for its lines
CREATE VIEW lines_in AS
SELECT
  line,
  is_utf8,
  reads_arrays,
  record_source,
  record_partition,
  record_offset,
  record_time,
  arrival
FROM ${LINES}
