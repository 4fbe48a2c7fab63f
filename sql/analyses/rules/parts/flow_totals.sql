-- The flows that rules are made of, the counts that an item set needs, and the number of flows dropped.
-- grain:  one row per window of RULES_MINUTES with traffic
-- params: RULES_MINUTES      whole number from 1 to 480: length of the windows of rules
-- params: RULES_MIN_SUPPORT  share in (0, 1]: smallest support of a rule, by flows or by octets
--
-- All flows are counted apart from flow keys, and by minutes first: the planner does not recognise a window join between
-- windows over flow_end and windows over window_time.
-- The dropped flows are at least 0: right after a failure, each window may drop late flows for itself.
-- The counts are rounded down, so that no rounding error drops an item set exactly on the threshold; Python tests that.
CREATE VIEW flow_totals AS
WITH everything AS (
  SELECT
    window_start,
    window_end,
    SUM(flow_count) AS flow_count
  FROM TABLE(
    TUMBLE(TABLE flow_counts_1m, DESCRIPTOR(rowtime), INTERVAL '${RULES_MINUTES:-5}' MINUTE(4))
  )
  GROUP BY window_start, window_end
)

SELECT
  kept.window_start,
  kept.window_end,
  kept.flow_count AS total_flow_count,
  kept.octets AS total_octets,
  GREATEST(everything.flow_count - kept.flow_count, 0) AS dropped_flow_count,
  GREATEST(FLOOR(kept.flow_count * CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE)), 1)
    AS min_flow_count,
  GREATEST(FLOOR(kept.octets * CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE)), 1) AS min_octets
FROM flow_item_counts AS kept
INNER JOIN everything
  ON kept.window_start = everything.window_start AND kept.window_end = everything.window_end
WHERE kept.is_total
