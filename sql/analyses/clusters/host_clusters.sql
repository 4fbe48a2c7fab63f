-- Hosts grouped by behaviour; a cluster keeps its id from window to window.
-- grain:  one row per host with enough flows lately and window of HOST_CLUSTERS_MINUTES
-- columns: cluster_id    the same in all windows; numbers say nothing of likeness
-- columns: cluster_size  hosts of the cluster in this window
-- columns: description   what tells the cluster from the others, not the host
-- columns: distance      from the cluster's middle over all features, in scales of the network: robust standard deviations
-- columns: hosts_cut     hosts of the window that were left out
-- misses: hosts that never send; what a host is sent in a window in which it sends nothing; the first
--         HOST_CLUSTERS_WARM_UP_MINUTES; a host that is alone in what it does, which is counted to the nearest cluster,
--         far from its middle; hosts beyond MAX_CLUSTERED_HOSTS, counted in hosts_cut
CREATE VIEW host_clusters AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  host,
  cluster_id,
  cluster_size,
  description,
  distance,
  hosts_cut
FROM clustered_hosts
