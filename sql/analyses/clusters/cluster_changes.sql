-- Hosts that have begun to behave like another cluster.
-- grain:  one row per host that moves to another cluster, in the window of HOST_CLUSTERS_MINUTES in which it does
-- columns: from_description, to_description  what tells these clusters from the others, not the host
-- columns: why  what the host itself does otherwise than the cluster that it leaves
-- misses: changes shorter than HOST_CLUSTERS_PATIENCE windows; a host's first cluster
CREATE VIEW cluster_changes AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  host,
  from_cluster_id,
  from_description,
  cluster_id AS to_cluster_id,
  description AS to_description,
  why
FROM clustered_hosts
WHERE from_cluster_id IS NOT NULL
