-- Which service each host uses next, by its own past and that of all hosts, and how good such predictions were.
-- grain:  one row per host with a past, window of BEHAVIOUR_MINUTES in which it sent flows, and rank from 1 to 3
-- columns: window_start, window_end  the window at whose end the prediction is made
-- columns: entity_type, entity  host, and its address
-- columns: rank         1 for the most probable service, up to 3
-- columns: previous     service of the host's last flow
-- columns: service      service predicted for the next flow
-- columns: probability  probability of that service after the previous one, from 0 to 1
-- columns: flow_count   flows of this window that earlier predictions were scored on; NULL beyond rank 1
-- columns: hits_1       flows whose service was predicted at rank 1; NULL beyond rank 1
-- columns: hits_3       flows whose service was predicted at ranks 1 to 3; NULL beyond rank 1
-- columns: log_loss     mean -log2 of the probability predicted, bits per flow; NULL beyond rank 1
-- columns: frequency_hits_1    hits_1 of a prediction by the host's frequencies alone
-- columns: frequency_hits_3    hits_3 of a prediction by the host's frequencies alone
-- columns: frequency_log_loss  log_loss of a prediction by the host's frequencies alone, bits per flow
-- columns: dropped_host_count  hosts that were forgotten because of MAX_BEHAVIOUR_HOSTS
-- order:  entity, rank
-- misses: hosts outside LOCAL_NETWORKS, or with fewer than BEHAVIOUR_MIN_FLOWS recent flows; the order of flows that end in
--         the same millisecond, which is that of their arrival
CREATE VIEW next_services AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  'host' AS entity_type,
  host AS entity,
  `rank`,
  previous,
  service,
  probability,
  flow_count,
  hits_1,
  hits_3,
  log_loss,
  frequency_hits_1,
  frequency_hits_3,
  frequency_log_loss,
  dropped_host_count
FROM learned_behaviour
WHERE kind = 'next'
