-- The same input as bare lines, with the time when we read them.
-- grain:  one row per message or line
CREATE TABLE lines_in (
  ${POSITION},
  arrival AS CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)),
  WATERMARK FOR arrival AS arrival - INTERVAL '5' SECOND
) LIKE input_lines
