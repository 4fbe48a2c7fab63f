-- Hosts grouped by behaviour; a cluster keeps its id from window to window.
-- grain:  one row per host with enough recent flows and window of HOST_CLUSTERS_MINUTES
-- columns: window_start, window_end  the window in which the host is in the cluster
-- columns: entity_type, entity  host, and its address
-- columns: cluster_id    id of the cluster, the same in all windows; close ids mean nothing
-- columns: cluster_size  hosts of the cluster in this window
-- columns: description   how the cluster, not the host, differs from the others
-- columns: distance      distance from the cluster's median, in robust standard deviations
-- columns: dropped_host_count  hosts of the window that are not clustered because of MAX_CLUSTERED_HOSTS
-- misses: hosts that never send; what a host receives in a window in which it sends nothing; the first
--         HOST_CLUSTERS_WARM_UP_MINUTES; a host with a behaviour of its own, which is assigned to the nearest cluster, at
--         a large distance; hosts beyond MAX_CLUSTERED_HOSTS, counted in dropped_host_count
CREATE VIEW host_clusters AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  'host' AS entity_type,
  host AS entity,
  cluster_id,
  cluster_size,
  description,
  distance,
  dropped_host_count
FROM clustered_hosts
