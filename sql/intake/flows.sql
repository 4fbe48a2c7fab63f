-- The canonical view: every good flow that came in time, whatever format it came in.
-- grain:  one row per flow and exporter
-- params: LOCAL_NETWORKS  networks: the addresses inside, IPv4 and IPv6
-- columns: service_name   the service; where it is unknown, protocol and port as in tcp/443, or the protocol
-- columns: is_src_local, is_dst_local  whether the address is in LOCAL_NETWORKS
-- columns: direction      internal, outbound, inbound or transit, by which ends are local
-- columns: is_reply       whether a record of one direction was turned round: it is the answer to a call, and no call itself
-- columns: is_failed      whether the connection was refused, reset early or never answered; FALSE if its state is unknown
-- columns: is_answered    whether packets came back; NULL where the exporter sees one direction
--
-- A run of one analysis computes only the derived columns that it uses; analyses that share this view share all of them.
CREATE VIEW flows AS
WITH typed AS (
  SELECT
    TO_TIMESTAMP_LTZ(flow_start_ms, 3) AS flow_start,
    flow_end,
    src_addr,
    dst_addr,
    src_port,
    dst_port,
    protocol,
    service,
    octets_out,
    packets_out,
    octets_in,
    packets_in,
    GREATEST(COALESCE(sampling_rate, 1), 1) AS sampling_rate,
    conn_state,
    tcp_flags,
    src_as,
    dst_as,
    exporter,
    flow_id,
    is_reply,
    in_networks(
      src_addr, '${LOCAL_NETWORKS:-10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7, fe80::/10}'
    ) AS is_src_local,
    in_networks(
      dst_addr, '${LOCAL_NETWORKS:-10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7, fe80::/10}'
    ) AS is_dst_local
  FROM records
  WHERE reject_reason IS NULL AND NOT is_late
)

SELECT
  flow_start,
  flow_end,
  src_addr,
  dst_addr,
  src_port,
  dst_port,
  protocol,
  service,
  octets_out,
  packets_out,
  octets_in,
  packets_in,
  sampling_rate,
  conn_state,
  tcp_flags,
  src_as,
  dst_as,
  exporter,
  flow_id,
  is_reply,
  CASE
    WHEN service IS NOT NULL THEN service
    WHEN protocol IN ('tcp', 'udp', 'sctp') AND dst_port IS NOT NULL
      THEN CONCAT(protocol, '/', CAST(dst_port AS STRING))
    ELSE protocol
  END AS service_name,
  is_src_local,
  is_dst_local,
  CASE
    WHEN is_src_local THEN CASE WHEN is_dst_local THEN 'internal' ELSE 'outbound' END
    WHEN is_dst_local THEN 'inbound'
    ELSE 'transit'
  END AS direction,
  COALESCE(conn_state IN ('S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR'), FALSE) AS is_failed,
  packets_in > 0 AS is_answered
FROM typed
