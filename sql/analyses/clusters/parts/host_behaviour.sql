-- What each host that sent something did, and what others sent to it.
-- grain:  one row per host and window of HOST_CLUSTERS_MINUTES in which it sent flows
CREATE VIEW host_behaviour AS
WITH counts AS (
  SELECT
    window_start,
    window_end,
    window_time,
    host,
    SUM(flow_count) FILTER (WHERE is_sender) AS flow_count,
    SUM(failed_flow_count) FILTER (WHERE is_sender) AS failed_flow_count,
    SUM(octets_out) FILTER (WHERE is_sender) AS octets_sent,
    SUM(octets - octets_out) FILTER (WHERE is_sender) AS octets_received,
    COUNT(DISTINCT peer) FILTER (WHERE is_sender) AS peers,
    COUNT(DISTINCT dst_port) FILTER (WHERE is_sender) AS ports,
    SUM(flow_count) FILTER (WHERE NOT is_sender) AS flow_count_in,
    SUM(octets) FILTER (WHERE NOT is_sender) AS octets_in,
    COUNT(DISTINCT peer) FILTER (WHERE NOT is_sender) AS peers_in,
    COUNT(DISTINCT dst_port) FILTER (WHERE NOT is_sender) AS ports_in
  FROM TABLE(
    TUMBLE(
      TABLE host_flows_1m, DESCRIPTOR(rowtime), INTERVAL '${HOST_CLUSTERS_MINUTES:-5}' MINUTE(4)
    )
  )
  GROUP BY window_start, window_end, window_time, host
)

SELECT
  counts.window_start,
  counts.window_end,
  counts.window_time,
  counts.host,
  counts.flow_count,
  counts.failed_flow_count,
  counts.octets_sent,
  counts.octets_received,
  counts.peers,
  counts.ports,
  senders.minute_squares,
  COALESCE(counts.flow_count_in, 0) AS flow_count_in,
  COALESCE(counts.octets_in, 0) AS octets_in,
  counts.peers_in,
  counts.ports_in
FROM counts
INNER JOIN senders
  ON
    counts.window_start = senders.window_start
    AND counts.window_end = senders.window_end
    AND counts.host = senders.src_addr
