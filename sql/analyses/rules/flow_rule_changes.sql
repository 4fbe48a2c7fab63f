-- Rules over the attributes of flows that are new, and such as always held and no longer do.
-- grain:  one row per window of RULES_MINUTES, change (new, broken, gone), measure, antecedent and consequent
-- params: RULES_MEMORY_MINUTES  how far back windows are compared with: two of them or more
-- params: RULES_MIN_CONFIDENCE  share of the antecedent's flows, or octets, in which the consequent must follow
-- params: RULES_MIN_LIFT        how much likelier the antecedent must make the consequent
-- params: RULES_SUPPORT_MARGIN  how far above RULES_MIN_SUPPORT a rule must be to be new, or have been to be gone
-- params: RULES_MARGIN          how far confidence must have been, or have fallen, below RULES_MIN_CONFIDENCE
-- columns: change             new, broken (the consequent no longer follows) or gone (the antecedent is rare now)
-- columns: support, lift      of the rule as it is now, if new, or as it was in the window before
-- columns: confidence         in this window
-- columns: confidence_before  in the window before
-- columns: windows_before     how many windows this one is compared with
-- order:  support DESC
-- misses: changes in the first two windows; rules that come and go within RULES_MEMORY_MINUTES, or take longer than that to
--         rise from RULES_MIN_SUPPORT above its margin, or to fall from there
--
-- Broken: the antecedent is still frequent, but the consequent no longer follows. Gone: the antecedent is rare now.
-- A confidence is NULL where antecedent and consequent together are too rare to be counted.
CREATE VIEW flow_rule_changes AS
SELECT
  window_start,
  window_end,
  change,
  measure,
  antecedent,
  consequent,
  support,
  lift,
  confidence,
  confidence_before,
  windows_before
FROM (
  SELECT
    window_start,
    window_end,
    ARRAY_AGG(item_sets) OVER memory AS item_sets,
    ARRAY_AGG(flows_total) OVER memory AS flows_totals,
    ARRAY_AGG(octets_total) OVER memory AS octets_totals
  FROM flow_item_sets
  WINDOW memory AS (
    ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${RULES_MEMORY_MINUTES:-30}' MINUTE PRECEDING AND CURRENT ROW
  )
)
CROSS JOIN LATERAL TABLE(
  rule_changes(
    item_sets,
    flows_totals,
    octets_totals,
    CAST('${RULES_SUPPORT_MARGIN:-0.01}' AS DOUBLE),
    CAST('${RULES_MARGIN:-0.1}' AS DOUBLE),
    CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE),
    CAST('${RULES_MIN_CONFIDENCE:-0.8}' AS DOUBLE),
    CAST('${RULES_MIN_LIFT:-1.1}' AS DOUBLE)
  )
)
  AS changes(
    change,
    measure,
    antecedent,
    consequent,
    support,
    lift,
    confidence,
    confidence_before,
    windows_before
  )
