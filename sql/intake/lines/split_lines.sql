-- Messages cut into their lines, for sources whose messages hold several.
-- grain:  one row per line that is not blank, and one per empty message
CREATE VIEW split_lines AS
SELECT
  lines.line,
  TRUE AS is_utf8,
  FALSE AS reads_arrays,
  record_source,
  record_partition,
  record_offset,
  record_time,
  arrival
FROM messages_in
CROSS JOIN UNNEST(SPLIT(COALESCE(messages_in.line, ''), U&'\000A')) AS lines(line)
WHERE BTRIM(lines.line) <> '' OR messages_in.line IS NULL OR BTRIM(messages_in.line) = ''
