-- goflow2's JSON, unmodified: NetFlow, IPFIX and sFlow.
-- grain:  one row per record that an exporter sent, of one direction; of sFlow per sampled packet
-- skips:  src_addr = '' OR dst_addr = '': no IP packet
-- exporter: an active timeout of 60 seconds and an inactive one of 15; its sampling rate as an option template, each minute
-- delay:  75 seconds
-- time:   time_flow_end_ns in ns
--
-- A flow that ended by silence comes after the inactive timeout, of up to a minute on some routers, and goflow2 sends at
-- once: that is the delay. Counts are as the exporter saw them; they are multiplied by sampling_rate, which is 0 until the
-- exporter has said it: counts are then taken as they are.
-- Of ICMP, NetFlow v5 has type and code in the port of the destination, as 256 * type + code.
-- goflow2's mapping may leave fields out: without a flow's own times it counts when it was received.
CREATE TABLE sources.goflow2 (
  time_received_ns TIMESTAMP_LTZ(6),
  time_flow_start_ns TIMESTAMP_LTZ(6),
  time_flow_end_ns TIMESTAMP_LTZ(6),
  sampling_rate BIGINT,
  sampler_address STRING,
  src_addr STRING,
  dst_addr STRING,
  `bytes` BIGINT,
  packets BIGINT,
  proto STRING,
  `$.src_port` INT,
  `$.dst_port` INT,
  icmp_type INT,
  icmp_code INT,
  tcp_flags INT,
  src_as BIGINT,
  dst_as BIGINT,
  flow_start_ms AS COALESCE(
    NULLIF(epoch_ms(time_flow_start_ns), 0),
    NULLIF(epoch_ms(time_flow_end_ns), 0),
    epoch_ms(time_received_ns)
  ),
  flow_end_ms AS COALESCE(NULLIF(epoch_ms(time_flow_end_ns), 0), epoch_ms(time_received_ns)),
  src_port AS CASE
    WHEN ip_protocol(proto) IN ('icmp', 'ipv6-icmp')
      THEN GREATEST(COALESCE(icmp_type, 0), COALESCE(`$.dst_port`, 0) / 256)
    ELSE `$.src_port`
  END,
  dst_port AS CASE
    WHEN ip_protocol(proto) IN ('icmp', 'ipv6-icmp')
      THEN GREATEST(COALESCE(icmp_code, 0), MOD(COALESCE(`$.dst_port`, 0), 256))
    ELSE `$.dst_port`
  END,
  protocol AS proto,
  octets_out AS `bytes`,
  packets_out AS packets,
  count_multiplier AS sampling_rate,
  exporter AS sampler_address,
  is_reply AS is_reply(proto, `$.src_port`, `$.dst_port`, tcp_flags)
)
