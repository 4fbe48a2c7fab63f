-- The services that each host used.
-- grain:  one row per src_addr, service and window of SERVICE_RULES_MINUTES with traffic
-- params: SERVICE_RULES_MINUTES  length of the windows that baskets are of
--
-- Where a flow names no service, its protocol and port do; where it has no ports either, its protocol.
CREATE VIEW services_per_src AS
WITH minutes AS (
  SELECT
    rowtime,
    src_addr,
    service_name,
    flow_count
  FROM traffic_per_flow_key_1m
)

SELECT
  window_time AS rowtime,
  src_addr,
  service_name AS service,
  SUM(flow_count) AS flows
FROM TABLE(
  TUMBLE(TABLE minutes, DESCRIPTOR(rowtime), INTERVAL '${SERVICE_RULES_MINUTES:-15}' MINUTE)
)
GROUP BY window_start, window_end, window_time, src_addr, service_name
