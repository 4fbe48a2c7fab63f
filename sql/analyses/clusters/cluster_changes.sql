-- Hosts that have begun to behave like another cluster.
-- grain:  one row per host that changes to another cluster, in the window of HOST_CLUSTERS_MINUTES in which it does
-- columns: window_start, window_end  the window in which the host changes
-- columns: entity_type, entity  host, and its address
-- columns: from_cluster_id, to_cluster_id    id of the cluster before and after
-- columns: from_description  how the cluster before differs from the others; NULL if it has no host left
-- columns: to_description    how the cluster after differs from the others
-- columns: why  how the host itself differs from the cluster that it leaves
-- misses: changes shorter than HOST_CLUSTERS_PATIENCE windows; a host's first cluster
CREATE VIEW cluster_changes AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  'host' AS entity_type,
  host AS entity,
  from_cluster_id,
  from_description,
  cluster_id AS to_cluster_id,
  description AS to_description,
  why
FROM clustered_hosts
WHERE from_cluster_id IS NOT NULL
