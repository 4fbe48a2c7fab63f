-- The flows that rules are made of, how many of them are enough for an item set, and how many more there were.
-- grain:  one row per window of RULES_MINUTES with traffic
-- params: RULES_MINUTES      length of the windows that rules are of
-- params: RULES_MIN_SUPPORT  share of the flows, or of the octets, in which a rule must hold
--
-- Enough is rounded down, so that no rounding error leaves out what is exactly on the threshold; Python tests that.
CREATE VIEW flow_totals AS
SELECT
  window_start,
  window_end,
  SUM(flows) AS flows_total,
  SUM(octets) AS octets_total,
  SUM(flows_cut) AS flows_cut,
  GREATEST(FLOOR(SUM(flows) * CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE)), 1) AS min_flows,
  GREATEST(FLOOR(SUM(octets) * CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE)), 1) AS min_octets
FROM TABLE(
  TUMBLE(TABLE flow_keys_cut_1m, DESCRIPTOR(rowtime), INTERVAL '${RULES_MINUTES:-5}' MINUTE)
)
GROUP BY window_start, window_end
