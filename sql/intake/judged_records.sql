-- Records under canonical names, each judged: good, a dead letter, or late; and the shifts of long flows.
-- grain:  one row per record that is not skipped, one per line or element of an array that is none, and one per shift
-- params: CLOCK  one of event, arrival: event: windows follow the ends of flows; arrival: the machine's clock, for exporters without a good one
--
-- A record is late when the ten-second window of its end has closed; every larger window is then still open for the rest.
-- A shift is late when its window has closed, and where its window is a day: rates are by the minute.
CREATE VIEW judged_records AS
SELECT
  *, -- handed on as they are -- noqa: AM04
  (
    ('${CLOCK:-event}' = 'event' OR shift_minutes IS NOT NULL)
    AND TO_TIMESTAMP_LTZ(flow_end_ms - MOD(flow_end_ms, 10000) + 9999, 3)
    <= CURRENT_WATERMARK(flow_end)
    OR shift_minutes > 1
  ) IS TRUE AS is_late,
  epoch_ms(CURRENT_WATERMARK(flow_end)) - flow_end_ms AS behind_ms
FROM timed_records
WHERE skip_reason IS NULL
