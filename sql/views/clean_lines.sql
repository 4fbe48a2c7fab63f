-- Lines as a lenient reader of JSON sees them: without a byte order mark, and with control characters allowed in strings.
-- grain:  one row per message or line
--
-- White space becomes a blank. Any other control character becomes a letter: fine in a string, an error elsewhere.
-- An exponent beyond all bounds, which IS JSON refuses and the reader takes for a number out of range, becomes small.
-- An array of one, unnested, keeps the planner from copying the expression to each place that uses it.
CREATE VIEW clean_lines AS
SELECT
  lines_in.*,
  cleaned.text
FROM lines_in
CROSS JOIN UNNEST(
  ARRAY[
    BTRIM(
      REGEXP_REPLACE(
        REGEXP_REPLACE(REGEXP_REPLACE(line, U&'^\FEFF|[\0009\000A\000D]', ' '), '[\x00-\x1f]', 'x'),
        '(?<=[0-9])[eE][+-]?[0-9]{4,}',
        'e9'
      )
    )
  ]
) AS cleaned(text)
