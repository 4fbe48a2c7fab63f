-- Suricata's EVE JSON, unmodified: its flow events.
-- grain:  one row per flow, when it ended or timed out
-- skips:  event_type = 'netflow': one direction of a flow, which its flow event has both of
-- skips:  event_type <> 'flow': an event of another kind
-- exporter: flow among the types of eve-log; sensor-name, to tell sensors apart
-- delay:  600 seconds
-- time:   flow.end in iso
--
-- A TCP flow that falls silent is written 600 seconds after its last packet, and a UDP flow after 300: that is the delay.
-- Counts are of whole frames, with the link's header of 14 octets or more; what was bypassed is in them. Where the state
-- says less than the flags of the two sides do, the flags count.
CREATE TABLE sources.suricata_eve (
  event_type STRING,
  `$.flow_id` STRING,
  src_ip STRING,
  dest_ip STRING,
  `$.src_port` INT,
  dest_port INT,
  icmp_type INT,
  icmp_code INT,
  proto STRING,
  app_proto STRING,
  host STRING,
  `flow.start` TIMESTAMP_LTZ(6),
  `flow.end` TIMESTAMP_LTZ(6),
  `flow.pkts_toserver` BIGINT,
  `flow.pkts_toclient` BIGINT,
  `flow.bytes_toserver` BIGINT,
  `flow.bytes_toclient` BIGINT,
  `flow.state` STRING,
  `tcp.tcp_flags` STRING,
  `tcp.tcp_flags_ts` STRING,
  `tcp.tcp_flags_tc` STRING,
  flow_start_ms AS epoch_ms(`flow.start`),
  flow_end_ms AS epoch_ms(`flow.end`),
  src_addr AS src_ip,
  dst_addr AS dest_ip,
  src_port AS CASE WHEN proto IN ('ICMP', 'IPv6-ICMP') THEN icmp_type ELSE `$.src_port` END,
  dst_port AS CASE WHEN proto IN ('ICMP', 'IPv6-ICMP') THEN icmp_code ELSE dest_port END,
  protocol AS proto,
  service AS CASE WHEN app_proto NOT IN ('failed', 'unknown') THEN app_proto END,
  octets_out AS `flow.bytes_toserver`,
  packets_out AS `flow.pkts_toserver`,
  octets_in AS `flow.bytes_toclient`,
  packets_in AS `flow.pkts_toclient`,
  -- FIN is 1, SYN 2, RST 4; a RST in answer to the first SYN refuses it.
  conn_state AS CASE
    WHEN proto <> 'TCP' THEN CAST(NULL AS STRING)
    WHEN `flow.pkts_toclient` = 0
      THEN CASE
        WHEN MOD(tcp_flags(CONCAT('0x', `tcp.tcp_flags_ts`)), 8) >= 4 THEN 'RSTOS0' ELSE 'S0'
      END
    WHEN
      MOD(tcp_flags(CONCAT('0x', `tcp.tcp_flags_ts`)), 2) = 1
      AND MOD(tcp_flags(CONCAT('0x', `tcp.tcp_flags_tc`)), 2) = 1
      THEN 'SF'
    WHEN MOD(tcp_flags(CONCAT('0x', `tcp.tcp_flags_tc`)), 8) >= 4
      THEN CASE
        WHEN MOD(tcp_flags(CONCAT('0x', `tcp.tcp_flags_tc`)), 4) >= 2 THEN 'RSTR' ELSE 'REJ'
      END
    WHEN MOD(tcp_flags(CONCAT('0x', `tcp.tcp_flags_ts`)), 8) >= 4 THEN 'RSTO'
    WHEN `flow.state` = 'closed' THEN 'SF'
    WHEN `flow.state` IN ('established', 'bypassed') THEN 'S1'
    ELSE 'OTH'
  END,
  tcp_flags AS tcp_flags(CONCAT('0x', `tcp.tcp_flags`)),
  exporter AS host,
  flow_id AS `$.flow_id`
)
