-- The flows of hosts, seen from both ends.
-- grain:  two rows per flow key and one-minute window: one for the host that sent, one for the host that it sent to
--
-- The columns are chosen before the rows are doubled: the planner would carry all of them through UNNEST.
CREATE VIEW host_flows_1m AS
WITH used AS (
  SELECT
    rowtime,
    src_addr,
    dst_addr,
    dst_port,
    flow_count,
    failed_flow_count,
    octets,
    octets_out
  FROM traffic_per_flow_key_1m
)

SELECT
  rowtime,
  host,
  peer,
  is_sender,
  dst_port,
  flow_count,
  failed_flow_count,
  octets,
  octets_out
FROM used
CROSS JOIN UNNEST(ARRAY[ROW(src_addr, dst_addr, TRUE), ROW(dst_addr, src_addr, FALSE)])
  AS ends(host, peer, is_sender)
