-- Flows, and the shifts of long ones: what rates count, so that a window has only what a flow carried in it.
-- grain:  one row per flow, and one per shift of a flow that lasted longer than a minute and open window
-- columns: flow_count  1 for a flow, 0 for a shift
-- columns: octets_out, packets_out, octets_in, packets_in  of a flow; of a shift what a window before that of the flow's
--          end is given, or, below 0, what is taken from the window of the end
--
-- A sum of flow_count counts each flow once, in the window of its end; what else is counted of flows needs a filter. Shifts
-- lie in windows of a minute: what is shorter reads flows. With SPREAD_LONG_FLOWS=off there are none.
CREATE VIEW spread_flows AS
SELECT
  flow_end,
  src_addr,
  dst_addr,
  dst_port,
  protocol,
  service,
  conn_state,
  octets_out,
  packets_out,
  octets_in,
  packets_in,
  CAST(CASE WHEN shift_minutes IS NULL THEN 1 ELSE 0 END AS BIGINT) AS flow_count
FROM judged_records
WHERE reject_reason IS NULL AND NOT is_late
