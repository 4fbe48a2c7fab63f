-- Records under canonical names, each judged: good, a dead letter, or late.
-- grain:  one row per record that is not skipped, and one per line or element of an array that is none
-- params: CLOCK  one of event, arrival: event: windows follow the ends of flows; arrival: the machine's clock, for exporters without a good one
--
-- A record is late when the ten-second window of its end has closed; every larger window is then still open for the rest.
CREATE VIEW records AS
SELECT
  *, -- handed on as they are -- noqa: AM04
  (
    '${CLOCK:-event}' = 'event'
    AND TO_TIMESTAMP_LTZ(flow_end_ms - MOD(flow_end_ms, 10000) + 9999, 3)
    <= CURRENT_WATERMARK(flow_end)
  ) IS TRUE AS is_late,
  epoch_ms(CURRENT_WATERMARK(flow_end)) - flow_end_ms AS behind_ms
FROM timed_records
WHERE skip_reason IS NULL
