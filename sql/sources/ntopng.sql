-- JSON of ntopng's flow dump, and of nProbe with --json-labels.
-- grain:  one row per flow and dump of it
-- exporter: nProbe: --json-labels, and %OUT_BYTES and %OUT_PKTS in its template; timeouts of 60 seconds
-- delay:  150 seconds
-- time:   LAST_SWITCHED in s
--
-- ntopng and nProbe write a flow when it was silent for a minute, or each two minutes while it lasts: that is the delay.
-- Times are whole seconds. IN is what the client sent, OUT what came back; a template without OUT_BYTES has one direction.
-- An address is under one of two names, by family; the other is absent, empty or all zeros.
CREATE TABLE sources.ntopng (
  -- noqa: disable=CP02
  IPV4_SRC_ADDR STRING,
  IPV6_SRC_ADDR STRING,
  IPV4_DST_ADDR STRING,
  IPV6_DST_ADDR STRING,
  L4_SRC_PORT INT,
  L4_DST_PORT INT,
  PROTOCOL STRING,
  ICMP_TYPE INT,
  L7_PROTO_NAME STRING,
  `$.TCP_FLAGS` INT,
  IN_BYTES BIGINT,
  IN_PKTS BIGINT,
  OUT_BYTES BIGINT,
  OUT_PKTS BIGINT,
  FIRST_SWITCHED TIMESTAMP_LTZ(6),
  LAST_SWITCHED TIMESTAMP_LTZ(6),
  SRC_AS BIGINT,
  DST_AS BIGINT,
  EXPORTER_IPV4_ADDRESS STRING,
  NTOPNG_INSTANCE_NAME STRING,
  flow_start_ms AS epoch_ms(FIRST_SWITCHED),
  flow_end_ms AS epoch_ms(LAST_SWITCHED),
  src_addr AS COALESCE(
    NULLIF(NULLIF(IPV4_SRC_ADDR, ''), '0.0.0.0'),
    NULLIF(NULLIF(IPV6_SRC_ADDR, ''), '::'),
    IPV4_SRC_ADDR,
    IPV6_SRC_ADDR
  ),
  dst_addr AS COALESCE(
    NULLIF(NULLIF(IPV4_DST_ADDR, ''), '0.0.0.0'),
    NULLIF(NULLIF(IPV6_DST_ADDR, ''), '::'),
    IPV4_DST_ADDR,
    IPV6_DST_ADDR
  ),
  src_port AS CASE WHEN PROTOCOL IN ('1', '58') THEN ICMP_TYPE / 256 ELSE L4_SRC_PORT END,
  dst_port AS CASE WHEN PROTOCOL IN ('1', '58') THEN MOD(ICMP_TYPE, 256) ELSE L4_DST_PORT END,
  protocol AS PROTOCOL,
  service AS CASE WHEN L7_PROTO_NAME <> 'Unknown' THEN L7_PROTO_NAME END,
  octets_out AS IN_BYTES,
  packets_out AS IN_PKTS,
  octets_in AS OUT_BYTES,
  packets_in AS OUT_PKTS,
  tcp_flags AS `$.TCP_FLAGS`,
  src_as AS SRC_AS,
  dst_as AS DST_AS,
  exporter AS COALESCE(EXPORTER_IPV4_ADDRESS, NTOPNG_INSTANCE_NAME),
  is_reply AS CASE
    WHEN OUT_BYTES IS NULL THEN is_reply(PROTOCOL, L4_SRC_PORT, L4_DST_PORT, `$.TCP_FLAGS`)
    ELSE FALSE
  END
)
