-- The same input once more, unparsed, with the time when we read it.
-- grain:  one row per message or line
CREATE TABLE messages_in (
  ${POSITION},
  arrival AS CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)),
  WATERMARK FOR arrival AS arrival - INTERVAL '5' SECOND
) LIKE input_messages
