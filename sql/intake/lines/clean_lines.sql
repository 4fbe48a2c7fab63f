-- Lines as a lenient reader of JSON sees them: without a byte order mark, and with control characters allowed in strings.
-- grain:  one row per message or line
--
-- A line that is an object already stays as it is. In any other, white space becomes a blank, and another control
-- character a letter: fine in a string, an error elsewhere. An exponent beyond all bounds, which IS JSON refuses and the
-- reader takes for a number out of range, becomes small.
-- An array of one, unnested, keeps the planner from copying the expression to each place that uses it.
CREATE VIEW clean_lines AS
SELECT
  lines_in.*, -- handed on as they are -- noqa: AM04
  cleaned.text
FROM lines_in
CROSS JOIN UNNEST(
  ARRAY[
    CASE
      WHEN line IS JSON OBJECT THEN line
      ELSE
        BTRIM(
          REGEXP_REPLACE(
            REGEXP_REPLACE(
              REGEXP_REPLACE(line, U&'^\FEFF|[\0009\000A\000D]', ' '),
              '[\x00-\x1f]',
              'x'
            ),
            '(?<=[0-9])[eE][+-]?[0-9]{4,}',
            'e9'
          )
        )
    END
  ]
) AS cleaned(text)
