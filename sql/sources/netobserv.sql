-- JSON of NetObserv's flowlogs-pipeline, as its operator sends it to Kafka: flows seen by eBPF agents.
-- grain:  one row per direction of a flow, node and time that the agent keeps it
-- skips:  _RecordType = 'endConnection': the sum of a conversation, which its flows have
-- skips:  _RecordType <> 'flowLog': a note on a conversation, no flow
-- skips:  Etype NOT IN (2048, 34525): no IP packet
-- skips:  FlowDirection = 0 AND SrcK8S_HostIP IS NOT NULL: reported by the source's node too
-- exporter: logTypes: Flows; a Kafka exporter; sampling: 1 if every connection is to be seen
-- delay:  60 seconds
-- time:   TimeFlowEndMs in ms
--
-- Agents keep a flow for five seconds unless set, and the pipeline sends it in batches: a minute is enough for both.
-- A flow between two nodes of the cluster is reported by both: that of the source's node counts, and the other node's
-- where the source is no node or pod of the cluster. Bytes is absent where it is 0. Counts are as the agent saw them; they
-- are multiplied by Sampling.
CREATE TABLE sources.netobserv (
  `_RecordType` STRING,
  `FlowDirection` INT,
  `Etype` INT,
  `SrcAddr` STRING,
  `DstAddr` STRING,
  `SrcPort` INT,
  `DstPort` INT,
  `Proto` STRING,
  `IcmpType` INT,
  `IcmpCode` INT,
  `Flags` STRING,
  `Bytes` BIGINT,
  `Packets` BIGINT,
  `Sampling` BIGINT,
  `TimeFlowStartMs` TIMESTAMP_LTZ(6),
  `TimeFlowEndMs` TIMESTAMP_LTZ(6),
  `TimeReceived` TIMESTAMP_LTZ(6),
  `AgentIP` STRING,
  `SrcK8S_HostIP` STRING,
  flow_start_ms AS COALESCE(
    NULLIF(epoch_ms(`TimeFlowStartMs`), 0),
    NULLIF(epoch_ms(`TimeFlowEndMs`), 0),
    epoch_ms(`TimeReceived`)
  ),
  flow_end_ms AS COALESCE(NULLIF(epoch_ms(`TimeFlowEndMs`), 0), epoch_ms(`TimeReceived`)),
  src_addr AS `SrcAddr`,
  dst_addr AS `DstAddr`,
  src_port AS CASE WHEN `Proto` IN ('1', '58') THEN `IcmpType` ELSE `SrcPort` END,
  dst_port AS CASE WHEN `Proto` IN ('1', '58') THEN `IcmpCode` ELSE `DstPort` END,
  protocol AS `Proto`,
  octets_out AS COALESCE(`Bytes`, 0),
  packets_out AS `Packets`,
  count_multiplier AS `Sampling`,
  tcp_flags AS tcp_flags(`Flags`),
  exporter AS `AgentIP`,
  is_reply AS is_reply(`Proto`, `SrcPort`, `DstPort`, tcp_flags(`Flags`))
)
