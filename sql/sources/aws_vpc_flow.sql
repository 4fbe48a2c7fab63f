-- AWS VPC Flow Logs as plain text, in any format that a header line or RECORD_FIELDS names.
-- grain:  one row per network interface, direction of a flow and capture window
-- format: csv delimiter=blank nulls=- fields=version,account-id,interface-id,srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,action,log-status
-- skips:  `log-status` = 'NODATA': an interface without traffic
-- skips:  `log-status` = 'SKIPDATA': what AWS could not record
-- exporter: a maximum aggregation interval of one minute; better in a format of your own with tcp-flags
-- delay:  900 seconds
-- time:   end in s
--
-- AWS delivers within about five minutes to CloudWatch and ten to S3, after an interval of one minute, or of ten: that is
-- the delay. The addresses are those of the packet (pkt-srcaddr, pkt-dstaddr) where the format has them, else those of
-- the interface.
-- What was rejected has the state REJ. Of TCP's flags AWS leaves out the ACK unless it comes with the SYN; a FIN, or
-- packets that are longer than a bare SYN on average, show that there was one.
CREATE TABLE sources.aws_vpc_flow (
  `interface-id` STRING,
  srcaddr STRING,
  dstaddr STRING,
  srcport INT,
  dstport INT,
  protocol STRING,
  packets BIGINT,
  `bytes` BIGINT,
  `start` TIMESTAMP_LTZ(6),
  `end` TIMESTAMP_LTZ(6),
  action STRING,
  `log-status` STRING,
  `tcp-flags` INT,
  `pkt-srcaddr` STRING,
  `pkt-dstaddr` STRING,
  flow_start_ms AS epoch_ms(`start`),
  flow_end_ms AS epoch_ms(`end`),
  src_addr AS COALESCE(`pkt-srcaddr`, srcaddr),
  dst_addr AS COALESCE(`pkt-dstaddr`, dstaddr),
  -- Of ICMP there are neither type nor code; both ports are 0.
  src_port AS CASE WHEN protocol IN ('1', '58') THEN CAST(NULL AS INT) ELSE srcport END,
  dst_port AS CASE WHEN protocol IN ('1', '58') THEN CAST(NULL AS INT) ELSE dstport END,
  octets_out AS `bytes`,
  packets_out AS packets,
  conn_state AS CASE WHEN action = 'REJECT' THEN 'REJ' END,
  tcp_flags AS CASE
    WHEN
      MOD(`tcp-flags`, 32) < 16
      AND (MOD(`tcp-flags`, 2) = 1 OR `bytes` / NULLIF(packets, 0) > 60)
      THEN `tcp-flags` + 16
    ELSE `tcp-flags`
  END,
  exporter AS `interface-id`,
  is_reply AS is_reply(protocol, srcport, dstport, `tcp-flags`)
)
