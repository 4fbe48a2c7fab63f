-- Flow records in Flowsift's own JSON.
-- grain:  one row per flow and exporter
-- delay:  75 seconds
-- exporter: an active timeout of a minute; routers report flows that ended by silence after an inactive timeout, of up to a
-- minute, which the delay allows for
-- time:   flow_end in ms
--
-- An exporter that reports active flows every minute has no long ones. Of one that reports them every five minutes none of
-- the rates are backfilled if windows wait for six: WATERMARK_DELAY_SECONDS=360.
CREATE TABLE sources.flows (
  flow_start BIGINT COMMENT 'required: first packet, epoch milliseconds',
  flow_end BIGINT COMMENT 'required: last packet, epoch milliseconds; the event time',
  src_addr STRING COMMENT 'required: who opened the flow, IPv4 or IPv6',
  dst_addr STRING COMMENT 'required: who answered, IPv4 or IPv6',
  src_port INT COMMENT '0 to 65535; for ICMP the type',
  dst_port INT COMMENT '0 to 65535; for ICMP the code',
  protocol STRING COMMENT 'required: tcp, udp, icmp, …',
  service STRING COMMENT 'application protocol: dns, tls, …',
  octets_out BIGINT COMMENT 'required: IP octets from source to destination, sampling already multiplied out',
  packets_out BIGINT COMMENT 'required: packets from source to destination',
  octets_in BIGINT COMMENT 'IP octets back; absent where the exporter sees one direction',
  packets_in BIGINT COMMENT 'packets back',
  sampling_rate BIGINT COMMENT 'one packet in so many was seen; 1 if absent',
  tcp_flags INT COMMENT 'all flags of the flow''s packets: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, …',
  src_as BIGINT COMMENT 'number of the source''s autonomous system',
  dst_as BIGINT COMMENT 'number of the destination''s autonomous system',
  conn_state STRING COMMENT 'state of the connection, as Zeek names it: SF, S0, REJ, …',
  exporter STRING COMMENT 'who reported the flow',
  flow_id STRING COMMENT 'the exporter''s own id',
  flow_start_ms AS flow_start,
  flow_end_ms AS flow_end
)
