-- The same input once more, unparsed, with the time when we read it.
-- grain:  one row per message or line
-- given:  POSITION  columns that say where a message stood
--
-- As octets, so that what is not UTF-8 can be recognised: the reader of records refuses most of it, and text would hide it.
CREATE TABLE messages_in (
  ${POSITION},
  line AS CAST(message AS STRING),
  is_utf8 AS ENCODE(CAST(message AS STRING), 'UTF-8') = message,
  reads_arrays AS TRUE,
  arrival AS CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)),
  WATERMARK FOR arrival AS arrival - INTERVAL '5' SECOND
) LIKE input_messages
