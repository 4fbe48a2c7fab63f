-- Which service hosts used after which, and where.
-- grain:  one row per src_addr, previous service, service, dst_addr and window of BEHAVIOUR_MINUTES
-- params: BEHAVIOUR_MINUTES  length of the windows after which is learned
CREATE VIEW service_transitions AS
SELECT
  window_time AS rowtime,
  src_addr,
  previous,
  service,
  dst_addr,
  COUNT(*) AS flows
FROM TABLE(
  TUMBLE(
    TABLE service_steps, DESCRIPTOR(flow_end), INTERVAL '${BEHAVIOUR_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time, src_addr, previous, service, dst_addr
