-- What was read, with its event time and the watermark.
-- grain:  one row per record, and one per line or element of an array that is none
-- given:  POSITION        columns that say where a record stood
-- given:  SKIP_REASON     why a record is no flow, NULL if it is one
-- given:  FLOW_END_MS     the source's expression of that name, since one computed column cannot use another
-- given:  RECORD_TIME_MS  when a record was written there
-- params: CLOCK                    one of event, arrival: event: windows follow the ends of flows; arrival: the machine's clock, for exporters without a good one
-- params: WATERMARK_DELAY_SECONDS  whole number from 0: how long windows wait for records out of order; the source's own delay unless set
-- params: WATERMARK_RECORDS        whole number from 1 to 100000: from how many of the latest records of a partition or file the watermark follows; 1: from the last alone
-- params: MAX_CLOCK_SKEW_SECONDS   whole number from 0: how far an exporter's clock may be ahead of ours
--
-- The watermark follows what the latest records of a partition or file have reached, so that one that is far ahead does
-- not make the others late; see docs/decisions/steady-watermark.md. It moves in steps of ten seconds, the smallest window:
-- few watermarks are sent.
-- A time that cannot be must neither move the watermark nor be NULL: it becomes 1970 here, and the record a dead letter.
-- A producer may write no time of the record, or that of the flow's start: what is ahead of it may still be in the past.
CREATE TABLE records_in (
  ${POSITION},
  skip_reason AS ${SKIP_REASON},
  event_time AS CASE
    WHEN '${CLOCK:-event}' = 'arrival' THEN CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))
    WHEN ${FLOW_END_MS} BETWEEN 946684800000
      AND ${RECORD_TIME_MS} + 1000 * CAST('${MAX_CLOCK_SKEW_SECONDS:-300}' AS BIGINT)
      THEN TO_TIMESTAMP_LTZ(${FLOW_END_MS}, 3)
    WHEN ${FLOW_END_MS} BETWEEN 946684800000
      AND epoch_ms(CURRENT_TIMESTAMP) + 1000 * CAST('${MAX_CLOCK_SKEW_SECONDS:-300}' AS BIGINT)
      THEN TO_TIMESTAMP_LTZ(${FLOW_END_MS}, 3)
    ELSE TO_TIMESTAMP_LTZ(0, 3)
  END,
  WATERMARK FOR event_time AS TO_TIMESTAMP_LTZ(
    (
      EXTRACT(EPOCH FROM steady_time(
        event_time, record_time, record_source, record_partition,
        CASE
          WHEN '${CLOCK:-event}' = 'event' THEN CAST('${WATERMARK_RECORDS:-256}' AS INT)
          ELSE 1
        END
      ))
      - CAST('${WATERMARK_DELAY_SECONDS}' AS BIGINT)
    ) / 10 * 10000 - 1,
    3
  )
) LIKE input_records
