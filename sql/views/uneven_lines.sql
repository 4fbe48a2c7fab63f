-- Lines that are not one JSON object and nothing else: how many records the format reads from them, and what is wrong.
-- grain:  one row per such message or line; reject_reason is NULL for a JSON array of records
-- misses: records before the fault in an array that breaks off
--
-- Wrapped in braces, a line that holds a second object is no longer valid JSON, so one parse tells all good lines.
CREATE VIEW uneven_lines AS
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  line,
  CASE
    WHEN line IS JSON OBJECT THEN 1
    WHEN line IS JSON ARRAY THEN CHAR_LENGTH(leading_objects) - CHAR_LENGTH(REPLACE(leading_objects, U&'\0001', ''))
    ELSE 0
  END AS records_read,
  CASE
    WHEN line IS NULL THEN 'empty message'
    WHEN line IS JSON OBJECT THEN 'more than one record in a message; read it with --source flows_lines'
    WHEN line IS NOT JSON ARRAY OR elements = U&'\0001' OR CONCAT('{"":', line, '}') IS NOT JSON
      THEN 'not a JSON object'
    WHEN leading_objects <> elements THEN 'an array of more than records'
  END AS reject_reason
FROM (
  SELECT
    *,
    REGEXP_EXTRACT(elements, U&'^((?:\005C{[^\0001]*\0001)*)', 1) AS leading_objects
  FROM (
    SELECT
      *,
      CASE
        WHEN line LIKE '[%'
          THEN CONCAT(ARRAY_JOIN(JSON_QUERY(line, '$[*]' RETURNING ARRAY<STRING>), U&'\0001', 'null'), U&'\0001')
      END AS elements
    FROM lines_in
    WHERE
      line IS NULL
      OR line NOT LIKE '{%' AND BTRIM(line) NOT LIKE '{%'
      OR CONCAT('{"":', line, '}') IS NOT JSON
  )
)
