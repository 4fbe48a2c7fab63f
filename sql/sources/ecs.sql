-- Flows in the Elastic Common Schema: netflow of Filebeat and Elastic Agent, flows of Packetbeat.
-- grain:  one row per record that an exporter sent, of one direction; of Packetbeat per flow
-- skips:  `event.action` = 'netflow_options': what an exporter says of itself
-- skips:  `agent.type` = 'packetbeat' AND COALESCE(`event.action`, '') <> 'network_flow': an event of another kind
-- skips:  `flow.final` = FALSE: an interim report of a flow that goes on
-- exporter: an active timeout of 60 seconds and an inactive one of 15; of Packetbeat packetbeat.flows with a timeout of 30s
-- delay:  90 seconds
-- time:   event.end in iso
--
-- A flow that ended by silence comes after the inactive timeout, of up to a minute on some routers, and Beats send in
-- batches of up to ten seconds: that is the delay. Counts are as the exporter saw them; they are multiplied by
-- netflow.sampling_interval where it is there. Packetbeat sees every packet and knows who opened the flow.
-- Of ICMP, NetFlow has type and code in one number, as 256 * type + code.
CREATE TABLE sources.ecs (
  -- noqa: disable=RF05
  `@timestamp` TIMESTAMP_LTZ(6),
  `agent.type` STRING,
  `host.name` STRING,
  `event.action` STRING,
  `event.start` TIMESTAMP_LTZ(6),
  `event.end` TIMESTAMP_LTZ(6),
  `flow.id` STRING,
  `flow.final` BOOLEAN,
  `source.ip` STRING,
  `source.port` INT,
  `source.bytes` BIGINT,
  `source.packets` BIGINT,
  `source.as.number` BIGINT,
  `destination.ip` STRING,
  `destination.port` INT,
  `destination.bytes` BIGINT,
  `destination.packets` BIGINT,
  `destination.as.number` BIGINT,
  `network.transport` STRING,
  `network.iana_number` STRING,
  `network.protocol` STRING,
  `observer.ip` STRING,
  `netflow.tcp_control_bits` INT,
  `netflow.icmp_type_code_ipv4` INT,
  `netflow.icmp_type_code_ipv6` INT,
  `netflow.sampling_interval` BIGINT,
  flow_start_ms AS epoch_ms(COALESCE(`event.start`, `event.end`, `@timestamp`)),
  flow_end_ms AS epoch_ms(COALESCE(`event.end`, `@timestamp`)),
  src_addr AS `source.ip`,
  dst_addr AS `destination.ip`,
  src_port AS CASE
    WHEN ip_protocol(COALESCE(`network.transport`, `network.iana_number`)) IN ('icmp', 'ipv6-icmp')
      THEN COALESCE(
        `netflow.icmp_type_code_ipv4`, `netflow.icmp_type_code_ipv6`, `destination.port`
      ) / 256
    ELSE `source.port`
  END,
  dst_port AS CASE
    WHEN ip_protocol(COALESCE(`network.transport`, `network.iana_number`)) IN ('icmp', 'ipv6-icmp')
      THEN MOD(
        COALESCE(
          `netflow.icmp_type_code_ipv4`, `netflow.icmp_type_code_ipv6`, `destination.port`
        ),
        256
      )
    ELSE `destination.port`
  END,
  protocol AS COALESCE(`network.transport`, `network.iana_number`),
  service AS `network.protocol`,
  octets_out AS `source.bytes`,
  packets_out AS `source.packets`,
  octets_in AS CASE
    WHEN `agent.type` = 'packetbeat' THEN COALESCE(`destination.bytes`, 0) ELSE `destination.bytes`
  END,
  packets_in AS CASE
    WHEN `agent.type` = 'packetbeat' THEN COALESCE(`destination.packets`, 0)
    ELSE `destination.packets`
  END,
  count_multiplier AS CASE
    WHEN `agent.type` = 'packetbeat' THEN 1 ELSE `netflow.sampling_interval`
  END,
  tcp_flags AS `netflow.tcp_control_bits`,
  src_as AS `source.as.number`,
  dst_as AS `destination.as.number`,
  exporter AS COALESCE(`observer.ip`, `host.name`),
  flow_id AS `flow.id`,
  is_reply AS CASE
    WHEN `agent.type` = 'packetbeat' OR `destination.bytes` IS NOT NULL THEN FALSE
    ELSE is_reply(
        COALESCE(`network.transport`, `network.iana_number`),
        `source.port`,
        `destination.port`,
        `netflow.tcp_control_bits`
      )
  END
)
