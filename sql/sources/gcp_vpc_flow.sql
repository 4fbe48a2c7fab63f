-- Google Cloud's VPC Flow Logs: entries of Cloud Logging, as a sink sends them to Pub/Sub or to files.
-- grain:  one row per direction of a flow and aggregation interval
-- skips:  logName NOT LIKE '%vpc_flows': an entry of another log
-- skips:  `jsonPayload.reporter` = 'DEST' AND `jsonPayload.src_instance.vm_name` IS NOT NULL: reported by the source's instance too
-- skips:  `jsonPayload.reporter` LIKE '%GATEWAY' AND COALESCE(`jsonPayload.src_instance.vm_name`, `jsonPayload.dest_instance.vm_name`) IS NOT NULL: reported by an instance too
-- exporter: logs on in the subnets of all instances, with all metadata; an aggregation interval of 5 or 30 seconds
-- delay:  120 seconds
-- time:   jsonPayload.end_time in iso
--
-- Cloud Logging delivers within seconds after an interval, and a sink within a minute: that is the delay for intervals up
-- to 30 seconds. Packets are sampled; Google has multiplied the counts already.
-- Where both ends are instances that say so, both report: the source's record counts. Of ICMP there are no type and code,
-- and of TCP no flags.
CREATE TABLE sources.gcp_vpc_flow (
  `logName` STRING,
  `insertId` STRING,
  `jsonPayload.reporter` STRING,
  `jsonPayload.connection.src_ip` STRING,
  `jsonPayload.connection.dest_ip` STRING,
  `jsonPayload.connection.src_port` INT,
  `jsonPayload.connection.dest_port` INT,
  `jsonPayload.connection.protocol` STRING,
  `jsonPayload.bytes_sent` BIGINT,
  `jsonPayload.packets_sent` BIGINT,
  `jsonPayload.start_time` TIMESTAMP_LTZ(6),
  `jsonPayload.end_time` TIMESTAMP_LTZ(6),
  `jsonPayload.src_instance.vm_name` STRING,
  `jsonPayload.dest_instance.vm_name` STRING,
  `jsonPayload.src_location.asn` BIGINT,
  `jsonPayload.dest_location.asn` BIGINT,
  flow_start_ms AS epoch_ms(`jsonPayload.start_time`),
  flow_end_ms AS epoch_ms(`jsonPayload.end_time`),
  src_addr AS `jsonPayload.connection.src_ip`,
  dst_addr AS `jsonPayload.connection.dest_ip`,
  src_port AS CASE
    WHEN `jsonPayload.connection.protocol` NOT IN ('1', '58')
      THEN `jsonPayload.connection.src_port`
  END,
  dst_port AS CASE
    WHEN `jsonPayload.connection.protocol` NOT IN ('1', '58')
      THEN `jsonPayload.connection.dest_port`
  END,
  protocol AS `jsonPayload.connection.protocol`,
  octets_out AS `jsonPayload.bytes_sent`,
  packets_out AS `jsonPayload.packets_sent`,
  src_as AS `jsonPayload.src_location.asn`,
  dst_as AS `jsonPayload.dest_location.asn`,
  exporter AS COALESCE(
    CASE
      WHEN `jsonPayload.reporter` = 'SRC' THEN `jsonPayload.src_instance.vm_name`
      WHEN `jsonPayload.reporter` = 'DEST' THEN `jsonPayload.dest_instance.vm_name`
    END,
    `jsonPayload.reporter`
  ),
  flow_id AS `insertId`,
  is_reply AS is_reply(
    `jsonPayload.connection.protocol`,
    `jsonPayload.connection.src_port`,
    `jsonPayload.connection.dest_port`,
    CAST(NULL AS INT)
  )
)
