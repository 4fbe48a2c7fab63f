-- Lines that are not one JSON object and nothing else: how many records the format reads from them, and what is wrong.
-- grain:  one row per such message or line; reject_reason is NULL for a JSON array of records
--
-- records_read must be what the reader of records makes of a line, or the ledger does not balance.
-- Most lines begin with a JSON object and have one closing brace, at the end: that is one object and nothing else.
-- The rest is looked at closely. Wrapped in braces or brackets, an object is still valid JSON, but never in both if
-- anything is behind it. Octets that are not UTF-8 have become U+FFFD; behind the first value they do not matter.
-- The texts in an array are emptied, so that only its objects begin with a brace; U+0001 marks where elements begin.
CREATE VIEW uneven_lines AS
SELECT
  record_source,
  record_partition,
  record_offset,
  record_time,
  line,
  records_read,
  reject_reason
FROM (
  SELECT
    *,
    CASE
      WHEN is_readable IS NOT TRUE THEN 0
      WHEN is_object THEN 1
      WHEN reads_arrays THEN COALESCE(CHAR_LENGTH(elements) - CHAR_LENGTH(without_objects), 0)
      ELSE 0
    END AS records_read,
    CASE
      WHEN line IS NULL THEN 'empty message'
      WHEN is_readable IS NOT TRUE THEN 'not UTF-8'
      WHEN is_object AND NOT is_whole
        THEN 'more than one record in a message; read it with --source flows_lines'
      WHEN NOT is_object
        AND (NOT reads_arrays OR NOT is_whole OR elements IS NULL OR elements = U&'\0001')
        THEN 'not a JSON object'
      WHEN without_objects LIKE U&'%\0001%' THEN 'an array of more than records'
    END AS reject_reason
  FROM (
    SELECT
      *,
      is_utf8 OR NOT is_whole AND JSON_QUERY(text, '$') NOT LIKE U&'%\FFFD%' AS is_readable,
      REPLACE(elements, U&'\0001{', '{') AS without_objects
    FROM (
      SELECT
        *,
        text IS JSON OBJECT AS is_object,
        CONCAT('{"":', text, '}') IS JSON AND CONCAT('[', text, ']') IS JSON AS is_whole,
        CASE
          WHEN text IS JSON ARRAY
            THEN CONCAT(
              U&'\0001',
              ARRAY_JOIN(
                JSON_QUERY(
                  REGEXP_REPLACE(text, '"(?:[^"\\]|\\.)*+"', '""'),
                  '$[*]' RETURNING ARRAY<STRING>
                ),
                U&'\0001',
                'null'
              )
            )
        END AS elements
      FROM clean_lines
      WHERE
        (SPLIT_INDEX(line, '}', 1) = '' AND SPLIT_INDEX(line, '}', 2) IS NULL) IS NOT TRUE
        OR is_utf8 IS NOT TRUE
        OR line IS NOT JSON OBJECT
    )
  )
)
WHERE records_read <> 1 OR reject_reason IS NOT NULL
