-- What nfdump prints: -o csv-fast, -o csv of any version, and -o ndjson.
-- grain:  one row per flow record, of one direction unless nfdump was called with -B or the exporter sees both
-- format: csv delimiter=comma fields=cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,bytes
-- skips:  line_fault IS NOT NULL AND (raw_line = 'Summary' OR raw_line LIKE 'flows,bytes,packets,%' OR REGEXP(raw_line, '^[0-9]+(,[0-9]+){5}$')): nfdump's summary
-- skips:  type = 'EVENT': an event of a firewall or NAT, no flow
-- exporter: an active timeout of 60 seconds and an inactive one of 15; TZ=UTC nfdump -o csv-fast, or the zone of the printed times as TIME_ZONE
-- delay:  75 seconds
-- time:   lastSeen in ms
--
-- nfcapd writes flows in the order in which they came, up to an inactive timeout after their end: that is the delay.
-- nfcapd multiplies counts by a sampling rate that it knows, so they are taken as they are.
-- Each version names its columns in its header line; without one they are those of csv-fast. Of ICMP the port of the
-- destination is 256 * type + code, or type.code in -o csv from 1.7.4 on.
CREATE TABLE sources.nfdump (
  type STRING,
  ts TIMESTAMP_LTZ(6),
  te TIMESTAMP_LTZ(6),
  `firstSeen` TIMESTAMP_LTZ(6),
  `lastSeen` TIMESTAMP_LTZ(6),
  duration DOUBLE,
  `first` TIMESTAMP_LTZ(6),
  `last` TIMESTAMP_LTZ(6),
  sa STRING,
  da STRING,
  `srcAddr` STRING,
  `dstAddr` STRING,
  src4_addr STRING,
  dst4_addr STRING,
  src6_addr STRING,
  dst6_addr STRING,
  sp INT,
  dp INT,
  `srcPort` INT,
  `dstPort` STRING,
  `$.src_port` INT,
  `$.dst_port` INT,
  icmp_type INT,
  icmp_code INT,
  pr STRING,
  proto STRING,
  flg STRING,
  flags STRING,
  `$.tcp_flags` STRING,
  ipkt BIGINT,
  ibyt BIGINT,
  opkt BIGINT,
  obyt BIGINT,
  packets BIGINT,
  `bytes` BIGINT,
  `inPackets` BIGINT,
  `inBytes` BIGINT,
  `outPackets` BIGINT,
  `outBytes` BIGINT,
  in_packets BIGINT,
  in_bytes BIGINT,
  out_packets BIGINT,
  out_bytes BIGINT,
  sas BIGINT,
  das BIGINT,
  `srcAS` BIGINT,
  `dstAS` BIGINT,
  `$.src_as` BIGINT,
  `$.dst_as` BIGINT,
  ra STRING,
  `routerIP` STRING,
  ip4_router STRING,
  ip6_router STRING,
  flow_start_ms AS epoch_ms(COALESCE(`firstSeen`, ts, `first`)),
  flow_end_ms AS COALESCE(
    epoch_ms(COALESCE(`lastSeen`, te, `last`)),
    epoch_ms(`firstSeen`) + CAST(FLOOR(duration * 1000 + 0.5) AS BIGINT)
  ),
  src_addr AS COALESCE(`srcAddr`, sa, src4_addr, src6_addr),
  dst_addr AS COALESCE(`dstAddr`, da, dst4_addr, dst6_addr),
  src_port AS CASE
    WHEN ip_protocol(COALESCE(proto, pr)) NOT IN ('icmp', 'ipv6-icmp')
      THEN COALESCE(`srcPort`, sp, `$.src_port`)
    WHEN `dstPort` LIKE '%.%' THEN TRY_CAST(SPLIT_INDEX(`dstPort`, '.', 0) AS INT)
    ELSE COALESCE(icmp_type, COALESCE(TRY_CAST(`dstPort` AS INT), dp) / 256)
  END,
  dst_port AS CASE
    WHEN `dstPort` LIKE '%.%' THEN COALESCE(TRY_CAST(SPLIT_INDEX(`dstPort`, '.', 1) AS INT), -1)
    WHEN ip_protocol(COALESCE(proto, pr)) IN ('icmp', 'ipv6-icmp')
      THEN COALESCE(icmp_code, MOD(COALESCE(TRY_CAST(`dstPort` AS INT), dp), 256))
    WHEN `dstPort` IS NOT NULL THEN COALESCE(TRY_CAST(`dstPort` AS INT), -1)
    ELSE COALESCE(dp, `$.dst_port`)
  END,
  protocol AS COALESCE(proto, pr),
  octets_out AS COALESCE(`bytes`, ibyt, `inBytes`, in_bytes),
  packets_out AS COALESCE(packets, ipkt, `inPackets`, in_packets),
  -- An exporter that sees one direction has 0 here.
  octets_in AS COALESCE(NULLIF(obyt, 0), NULLIF(`outBytes`, 0), NULLIF(out_bytes, 0)),
  packets_in AS COALESCE(NULLIF(opkt, 0), NULLIF(`outPackets`, 0), NULLIF(out_packets, 0)),
  tcp_flags AS tcp_flags(COALESCE(flags, flg, `$.tcp_flags`)),
  src_as AS COALESCE(`srcAS`, sas, `$.src_as`),
  dst_as AS COALESCE(`dstAS`, das, `$.dst_as`),
  exporter AS COALESCE(ra, `routerIP`, ip4_router, ip6_router),
  is_reply AS
  COALESCE(opkt, `outPackets`, out_packets, 0) = 0
  AND is_reply(
    ip_protocol(COALESCE(proto, pr)),
    COALESCE(`srcPort`, sp, `$.src_port`),
    COALESCE(TRY_CAST(`dstPort` AS INT), dp, `$.dst_port`),
    tcp_flags(COALESCE(flags, flg, `$.tcp_flags`))
  )
)
