-- Zeek's conn.log as JSON lines, unmodified.
-- grain:  one row per connection
-- delay:  300 seconds
-- time:   ts + duration in s
--
-- Octets are IP octets, as routers count them, not payload. A connection is stamped with its start and written when
-- it ended, so its end is the event time; Zeek's inactivity timeouts (1 min UDP, 5 min TCP) bound how late it comes.
-- ROUND would fail on a time so large that its product is infinite.
CREATE TABLE sources.zeek_conn (
  ts DOUBLE,
  uid STRING,
  `id.orig_h` STRING,
  `id.orig_p` INT,
  `id.resp_h` STRING,
  `id.resp_p` INT,
  proto STRING,
  service STRING,
  duration DOUBLE,
  conn_state STRING,
  orig_pkts BIGINT,
  orig_ip_bytes BIGINT,
  resp_pkts BIGINT,
  resp_ip_bytes BIGINT,
  flow_start_ms AS CAST(FLOOR(ts * 1000 + 0.5) AS BIGINT),
  flow_end_ms AS CAST(FLOOR((ts + COALESCE(duration, 0)) * 1000 + 0.5) AS BIGINT),
  src_addr AS `id.orig_h`,
  dst_addr AS `id.resp_h`,
  src_port AS `id.orig_p`,
  dst_port AS `id.resp_p`,
  protocol AS proto,
  octets_out AS orig_ip_bytes,
  packets_out AS orig_pkts,
  octets_in AS resp_ip_bytes,
  packets_in AS resp_pkts,
  sampling_rate AS CAST(NULL AS BIGINT),
  exporter AS CAST(NULL AS STRING),
  flow_id AS uid
)
