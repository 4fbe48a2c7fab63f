-- Traffic in fixed ten-second windows.
-- grain:  one row per protocol, service and ten-second window with traffic
-- columns: window_start, window_end  the ten seconds
-- columns: protocol    protocol, lower case
-- columns: service     application protocol; NULL if it is unknown
-- columns: flow_count  flows of the window
-- columns: octets      octets of both directions where the exporter sees both
-- columns: packets     packets of both directions where the exporter sees both
-- columns: octets_per_flow_mean  mean octets per flow
-- columns: src_addrs_distinct    number of sources
-- columns: dst_addrs_distinct    number of destinations
-- misses: nothing; a flow counts wholly in the window of its end, however long it was
CREATE VIEW traffic_per_10s AS
SELECT
  window_start,
  window_end,
  protocol,
  service,
  flow_count,
  octets,
  packets,
  CAST(octets AS DOUBLE) / flow_count AS octets_per_flow_mean,
  src_addrs_distinct,
  dst_addrs_distinct
FROM traffic_per_service_10s
