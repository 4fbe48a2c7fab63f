-- The flows that rules are made of, how many of them are enough for an item set, and how many more there were.
-- grain:  one row per window of RULES_MINUTES with traffic
-- params: RULES_MINUTES      length of the windows that rules are of
-- params: RULES_MIN_SUPPORT  share of the flows, or of the octets, in which a rule must hold
--
-- All flows are counted on their own: counted from flow keys, these would be made once more, without their columns. By
-- minutes first: the planner joins windows over flow_end with windows over window_time as if they were none.
-- What was cut is at least nothing: right after a failure, windows may drop late flows each for itself.
-- Enough is rounded down, so that no rounding error leaves out what is exactly on the threshold; Python tests that.
CREATE VIEW flow_totals AS
WITH everything AS (
  SELECT
    window_start,
    window_end,
    SUM(flows) AS flows
  FROM TABLE(
    TUMBLE(TABLE flow_counts_1m, DESCRIPTOR(rowtime), INTERVAL '${RULES_MINUTES:-5}' MINUTE)
  )
  GROUP BY window_start, window_end
)

SELECT
  kept.window_start,
  kept.window_end,
  kept.flows AS flows_total,
  kept.octets AS octets_total,
  GREATEST(everything.flows - kept.flows, 0) AS flows_cut,
  GREATEST(FLOOR(kept.flows * CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE)), 1) AS min_flows,
  GREATEST(FLOOR(kept.octets * CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE)), 1) AS min_octets
FROM flow_item_counts AS kept
INNER JOIN everything
  ON kept.window_start = everything.window_start AND kept.window_end = everything.window_end
WHERE kept.is_total
