-- What each host that sent something did, and what others sent to it.
-- grain:  one row per host and window of HOST_CLUSTERS_MINUTES in which it sent flows
CREATE VIEW host_behaviour AS
SELECT
  window_time AS rowtime,
  host,
  SUM(flows) AS flows,
  SUM(failed) AS failed,
  SUM(octets_sent) AS octets_sent,
  SUM(octets_received) AS octets_received,
  SUM(peers) AS peers,
  SUM(ports) AS ports,
  SUM(minute_squares) AS minute_squares,
  SUM(flows_in) AS flows_in,
  SUM(octets_in) AS octets_in,
  SUM(peers_in) AS peers_in,
  SUM(ports_in) AS ports_in
FROM TABLE(
  TUMBLE(
    TABLE host_counts,
    DESCRIPTOR(rowtime),
    INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE
  )
)
GROUP BY window_start, window_end, window_time, host
HAVING SUM(flows) > 0
