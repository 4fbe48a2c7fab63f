-- The input as bare lines, one record each if all is well; LINES is the view that the source names for it.
-- grain:  one row per message or line
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
