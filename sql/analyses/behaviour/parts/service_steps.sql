-- The flows of local hosts, each with the service of the host's flow before it.
-- grain:  one row per flow whose source is in LOCAL_NETWORKS
-- state:  the last service of each local host
--
-- Local hosts only: the number of forged sources has no limit. Replies are no calls, and are left out.
CREATE VIEW service_steps AS
SELECT
  flow_end,
  src_addr,
  dst_addr,
  service_name AS service,
  LAG(service_name) OVER (PARTITION BY src_addr ORDER BY flow_end ASC) AS previous
FROM flows
WHERE is_src_local AND NOT is_reply
