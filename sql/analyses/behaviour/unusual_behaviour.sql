-- Hosts whose flows were improbable under their own past: services and destinations that they do not use.
-- grain:  one row per host and window of BEHAVIOUR_MINUTES in which it is unusual
-- order:  score DESC
-- misses: hosts outside LOCAL_NETWORKS or without a past; few bad flows among many usual ones; what begins at a host's first
--         flows; transitions beyond BEHAVIOUR_TRANSITIONS of a host, counted over all hosts in transitions_cut
--
-- bits is the mean surprise of a flow: -log2 of the probability of its service after the previous one, and of its
-- destination. why tells what has the excess over the usual. A first of 'host' is new for this host, of 'anyone' for all.
CREATE VIEW unusual_behaviour AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  host,
  flows,
  score,
  bits,
  usual_bits,
  why,
  service,
  service_first_of,
  dst_addr,
  dst_addr_first_of,
  hosts_cut,
  transitions_cut
FROM learned_behaviour
WHERE kind = 'unusual'
