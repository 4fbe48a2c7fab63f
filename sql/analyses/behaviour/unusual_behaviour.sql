-- Hosts whose flows were improbable given their own past: services and destinations that they do not use.
-- grain:  one row per host and window of BEHAVIOUR_MINUTES in which it is unusual
-- columns: window_start, window_end  the unusual window
-- columns: entity_type, entity  host, and its address
-- columns: flow_count  flows of the host in the window
-- columns: score       (bits - usual_bits) / usual deviation of a window with so many flows
-- columns: bits        mean surprise, bits per flow: -log2 of the probabilities of service and destination
-- columns: usual_bits  mean surprise of the host's usual windows, bits per flow
-- columns: why         which services and destinations have the surprise beyond the usual
-- columns: service     service with most of the excess
-- columns: service_first_of   host if the service is new for this host, anyone if for all; NULL if known
-- columns: dst_addr    destination with most of the excess
-- columns: dst_addr_first_of  host if the destination is new for this host, anyone if for all; NULL if known
-- columns: dropped_host_count        hosts that were forgotten because of MAX_BEHAVIOUR_HOSTS
-- columns: dropped_transition_count  transitions of all hosts beyond BEHAVIOUR_TRANSITIONS
-- order:  score DESC
-- demo:   BEHAVIOUR_WARM_UP_WINDOWS=6
-- misses: hosts outside LOCAL_NETWORKS or without a past; few bad flows among many usual ones; what has been there since a
--         host's first flows; transitions beyond BEHAVIOUR_TRANSITIONS of a host, counted in dropped_transition_count
CREATE VIEW unusual_behaviour AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  'host' AS entity_type,
  host AS entity,
  flow_count,
  score,
  bits,
  usual_bits,
  why,
  service,
  service_first_of,
  dst_addr,
  dst_addr_first_of,
  dropped_host_count,
  dropped_transition_count
FROM learned_behaviour
WHERE kind = 'unusual'
