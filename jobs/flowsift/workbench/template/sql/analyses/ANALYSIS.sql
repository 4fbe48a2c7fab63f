-- TITLE
-- grain:  one row per source and one-minute window with at least PARAMETER flows
-- params: PARAMETER  whole number from 1: flows a minute without which nothing is reported
-- columns: window_start, window_end  the minute
-- columns: entity_type, entity  src_addr, and the address of the source
-- columns: flow_count           flows of the source
-- columns: dst_addrs_distinct   number of destinations
-- columns: octets               octets that it sent
-- misses: sources that spread their flows over many minutes
--
-- A skeleton that works. Edit it from the bottom up, then say in the header what it has become.
CREATE VIEW ANALYSIS AS
SELECT
  window_start,
  window_end,
  'src_addr' AS entity_type,
  src_addr AS entity,
  -- What is counted, each under its name; octets_in is NULL where the exporter sees one direction.
  COUNT(*) AS flow_count,
  COUNT(DISTINCT dst_addr) AS dst_addrs_distinct,
  SUM(octets_out) AS octets
-- Windows: TUMBLE is fixed; HOP slides, CUMULATE grows, SESSION ends after a gap.
-- The columns of flows are in its file, intake/flows.sql.
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
-- Which flows: WHERE protocol = 'tcp' would stand here.
-- What one row is about: the same columns as at the top, and both bounds of the window.
GROUP BY window_start, window_end, src_addr
-- What is worth a row. Whoever runs it can set the parameter; 100 is its default.
HAVING COUNT(*) >= CAST('${PARAMETER:-100}' AS BIGINT)
