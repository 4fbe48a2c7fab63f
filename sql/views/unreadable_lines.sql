-- Lines that are no JSON object, and what follows the first object where a line holds more.
-- grain:  one row per message or line that cannot be read to its end
--
-- Wrapped in braces, a line that holds a second object is no longer valid JSON, so one parse tells both.
CREATE VIEW unreadable_lines AS
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  line,
  CASE
    WHEN line IS NULL THEN 'empty message'
    WHEN BTRIM(line) NOT LIKE '{%' OR line IS NOT JSON THEN 'not a JSON object'
    ELSE 'more than one record in a message; read it with --source flows_lines'
  END AS reject_reason
FROM lines_in
WHERE
  line IS NULL
  OR line NOT LIKE '{%' AND BTRIM(line) NOT LIKE '{%'
  OR CONCAT('{"":', line, '}') IS NOT JSON
