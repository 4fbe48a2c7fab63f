-- Which service each host uses next, by its own past and that of all hosts, and how good such predictions were.
-- grain:  one row per host with a past, window of BEHAVIOUR_MINUTES in which it sent flows, and place from 1 to 3
-- order:  host, place
-- misses: hosts outside LOCAL_NETWORKS, or with fewer than BEHAVIOUR_MIN_FLOWS flows lately; the order of flows that end in
--         the same millisecond, which is that of their arrival
--
-- probability is that of the next flow after one to the previous service. The row in place 1 tells of this window's flows
-- how many of the predictions made before it hit, in the first place or in the first three, and what they lost in bits a
-- flow; beside it what the host's own frequencies, without the previous service, would have. The others have NULL.
CREATE VIEW next_services AS
SELECT
  CAST(TO_TIMESTAMP_LTZ(window_start_ms, 3) AS TIMESTAMP(3)) AS window_start,
  CAST(TO_TIMESTAMP_LTZ(window_end_ms, 3) AS TIMESTAMP(3)) AS window_end,
  host,
  place,
  previous,
  service,
  probability,
  flows,
  hits_1,
  hits_3,
  log_loss,
  frequency_hits_1,
  frequency_hits_3,
  frequency_log_loss,
  hosts_cut
FROM learned_behaviour
WHERE kind = 'next'
