-- The services that each host used.
-- grain:  one row per src_addr, service and window of SERVICE_RULES_MINUTES with traffic
-- params: SERVICE_RULES_MINUTES  length of the windows that baskets are of
--
-- Where a flow names no service, its protocol and port do; where it has no ports either, its protocol.
CREATE VIEW services_per_src AS
SELECT
  window_time AS rowtime,
  src_addr,
  service,
  SUM(flows) AS flows
FROM (
  SELECT
    window_start,
    window_end,
    window_time,
    src_addr,
    flows,
    CASE
      WHEN service IS NOT NULL THEN service
      WHEN protocol IN ('tcp', 'udp', 'sctp') AND dst_port IS NOT NULL
        THEN CONCAT(protocol, '/', CAST(dst_port AS STRING))
      ELSE protocol
    END AS service
  FROM TABLE(
    TUMBLE(
      TABLE traffic_per_flow_key_1m,
      DESCRIPTOR(rowtime),
      INTERVAL '${SERVICE_RULES_MINUTES:-15}' MINUTE
    )
  )
)
GROUP BY window_start, window_end, window_time, src_addr, service
