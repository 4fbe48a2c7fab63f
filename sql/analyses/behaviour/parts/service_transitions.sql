-- Which service hosts used after which, and with which destination.
-- grain:  one row per src_addr, previous service, service, dst_addr and window of BEHAVIOUR_MINUTES
-- params: BEHAVIOUR_MINUTES  whole number from 1 to 1440: length of the windows
CREATE VIEW service_transitions AS
SELECT
  window_start,
  window_end,
  window_time,
  src_addr,
  previous,
  service,
  dst_addr,
  COUNT(*) AS flow_count
FROM TABLE(
  TUMBLE(
    TABLE service_steps, DESCRIPTOR(flow_end), INTERVAL '${BEHAVIOUR_MINUTES:-5}' MINUTE(4)
  )
)
GROUP BY window_start, window_end, window_time, src_addr, previous, service, dst_addr
