-- Zeek's conn.log, unmodified, as JSON or as tab-separated values.
-- grain:  one row per connection
-- format: csv delimiter=tab nulls=-,(empty) envelope=conn fields=ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes,resp_bytes,conn_state,local_orig,local_resp,missed_bytes,history,orig_pkts,orig_ip_bytes,resp_pkts,resp_ip_bytes,tunnel_parents,ip_proto
-- files:  conn.*, conn_[0-9]*, conn-[0-9]*, json_streaming_conn.*
-- skips:  _path <> 'conn': a record of another of Zeek's logs
-- skips:  conn_state IS NULL AND orig_pkts IS NULL AND line_fault IS NULL: a record of another of Zeek's logs
-- exporter: none is needed; times may be seconds, milliseconds (JSON::TS_MILLIS) or ISO 8601 (JSON::TS_ISO8601)
-- delay:  300 seconds
-- time:   ts + duration in s
--
-- Octets are IP octets, as routers count them, not payload. A connection is stamped with its start and written when
-- it ended, so its end is the event time; Zeek's inactivity timeouts (1 min UDP, 5 min TCP) bound how late it comes.
-- Zeek writes no connection before it ends: what a long one carried in minutes that had closed is backfilled_traffic.
-- Tab-separated values are read by the line #fields that is at the head of Zeek's files; without it they are in the
-- order of Zeek 8, or of RECORD_FIELDS.
-- ROUND would fail on a duration so large that its product is infinite.
CREATE TABLE sources.zeek_conn (
  ts TIMESTAMP_LTZ(6),
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
  ip_proto INT,
  _path STRING,
  flow_start_ms AS (epoch_us(ts) + 500) / 1000,
  flow_end_ms AS (
    epoch_us(ts) + CAST(FLOOR(COALESCE(duration, 0) * 1000000 + 0.5) AS BIGINT) + 500
  ) / 1000,
  src_addr AS `id.orig_h`,
  dst_addr AS `id.resp_h`,
  src_port AS `id.orig_p`,
  dst_port AS `id.resp_p`,
  protocol AS CASE
    WHEN proto = 'icmp' AND `id.orig_h` LIKE '%:%' THEN 'ipv6-icmp'
    WHEN proto = 'unknown_transport' AND ip_proto IS NOT NULL THEN CAST(ip_proto AS STRING)
    ELSE proto
  END,
  octets_out AS orig_ip_bytes,
  packets_out AS orig_pkts,
  octets_in AS resp_ip_bytes,
  packets_in AS resp_pkts,
  flow_id AS uid
)
