-- JSON of pmacct's nfacctd, sfacctd and pmacctd, as their Kafka and print plugins write it.
-- grain:  one row per aggregate of pmacct's and interval at which it writes; of one direction
-- skips:  event_type IN ('purge_init', 'purge_close'): a marker, no flow
-- exporter: aggregate: src_host, dst_host, src_port, dst_port, proto, tcpflags, peer_src_ip, timestamp_start,
-- timestamp_end, sampling_rate; timestamps_since_epoch: true; kafka_refresh_time: 60; routers an active timeout of 60
-- seconds and an inactive one of 15
-- delay:  150 seconds
-- time:   timestamp_end in s
--
-- pmacct keeps what it got until it writes, each 60 seconds unless set, and a router waits up to a minute before it
-- reports a flow that fell silent: that is the delay. Times may have any of pmacct's four forms; one without a zone is in
-- that of TIME_ZONE. Where only one of the two times is there the flow counts as that moment, and where none is, at
-- stamp_inserted: the beginning of pmacct's interval, not of the flow.
-- Of ICMP, NetFlow has type and code in the port of the destination, as 256 * type + code.
CREATE TABLE sources.pmacct (
  event_type STRING,
  peer_ip_src STRING,
  ip_src STRING,
  ip_dst STRING,
  port_src INT,
  port_dst INT,
  ip_proto STRING,
  `$.tcp_flags` STRING,
  as_src BIGINT,
  as_dst BIGINT,
  timestamp_start TIMESTAMP_LTZ(6),
  timestamp_end TIMESTAMP_LTZ(6),
  timestamp_min TIMESTAMP_LTZ(6),
  timestamp_max TIMESTAMP_LTZ(6),
  stamp_inserted TIMESTAMP_LTZ(6),
  sampling_rate BIGINT,
  packets BIGINT,
  `bytes` BIGINT,
  flow_start_ms AS COALESCE(
    NULLIF(epoch_ms(timestamp_start), 0),
    NULLIF(epoch_ms(timestamp_min), 0),
    NULLIF(epoch_ms(timestamp_end), 0),
    NULLIF(epoch_ms(timestamp_max), 0),
    epoch_ms(stamp_inserted)
  ),
  flow_end_ms AS COALESCE(
    NULLIF(epoch_ms(timestamp_end), 0),
    NULLIF(epoch_ms(timestamp_max), 0),
    NULLIF(epoch_ms(timestamp_start), 0),
    NULLIF(epoch_ms(timestamp_min), 0),
    epoch_ms(stamp_inserted)
  ),
  src_addr AS ip_src,
  dst_addr AS ip_dst,
  src_port AS CASE
    WHEN ip_protocol(ip_proto) IN ('icmp', 'ipv6-icmp') THEN port_dst / 256 ELSE port_src
  END,
  dst_port AS CASE
    WHEN ip_protocol(ip_proto) IN ('icmp', 'ipv6-icmp') THEN MOD(port_dst, 256) ELSE port_dst
  END,
  protocol AS ip_proto,
  octets_out AS `bytes`,
  packets_out AS packets,
  count_multiplier AS sampling_rate,
  tcp_flags AS tcp_flags(`$.tcp_flags`),
  src_as AS as_src,
  dst_as AS as_dst,
  exporter AS peer_ip_src,
  is_reply AS is_reply(ip_proto, port_src, port_dst, tcp_flags(`$.tcp_flags`))
)
