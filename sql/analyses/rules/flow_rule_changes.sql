-- Rules over the attributes of flows that are new, and rules that always held and no longer do.
-- grain:  one row per window of RULES_MINUTES, change, metric, antecedent and consequent
-- params: RULES_MEMORY_MINUTES  whole number from 1 to 999: how far back windows are compared; two windows or more
-- params: RULES_MIN_CONFIDENCE  share in (0, 1]: smallest confidence of a rule
-- params: RULES_MIN_LIFT        number from 0: smallest lift of a rule
-- params: RULES_SUPPORT_MARGIN  share in [0, 1): support above RULES_MIN_SUPPORT that a new or gone rule needs
-- params: RULES_MARGIN          share in [0, 1]: distance of a confidence below RULES_MIN_CONFIDENCE to be a change
-- columns: window_start, window_end  the window in which the rule changed
-- columns: entity_type, entity  address that the rule names, in the antecedent first; NULL without one
-- columns: change             new, broken (B no longer follows from A) or gone (A is rare now)
-- columns: metric             flows or octets: what is counted
-- columns: antecedent         attributes A of the rule "A implies B"
-- columns: consequent         attribute B
-- columns: support            P(A and B), from 0 to 1; of this window if new, else of the one before
-- columns: lift               confidence / P(B); of this window if new, else of the one before
-- columns: confidence         P(B given A) in this window, from 0 to 1; NULL if too rare to be counted
-- columns: confidence_before  P(B given A) in the window before, from 0 to 1; NULL if too rare
-- columns: windows_before     number of windows that this one is compared with
-- order:  support DESC
-- misses: changes in the first two windows; rules that come and go within RULES_MEMORY_MINUTES, or take longer than that to
--         rise from RULES_MIN_SUPPORT above its margin, or to fall from there
CREATE VIEW flow_rule_changes AS
SELECT
  window_start,
  window_end,
  entity_type,
  entity,
  change,
  metric,
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
    ARRAY_AGG(total_flow_count) OVER memory AS total_flow_counts,
    ARRAY_AGG(total_octets) OVER memory AS total_octets
  FROM flow_item_sets
  WINDOW memory AS (
    ORDER BY rowtime
    RANGE BETWEEN INTERVAL '${RULES_MEMORY_MINUTES:-30}' MINUTE(3) PRECEDING AND CURRENT ROW
  )
)
CROSS JOIN LATERAL TABLE(
  rule_changes(
    item_sets,
    total_flow_counts,
    total_octets,
    CAST('${RULES_SUPPORT_MARGIN:-0.01}' AS DOUBLE),
    CAST('${RULES_MARGIN:-0.1}' AS DOUBLE),
    CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE),
    CAST('${RULES_MIN_CONFIDENCE:-0.8}' AS DOUBLE),
    CAST('${RULES_MIN_LIFT:-1.1}' AS DOUBLE)
  )
)
  AS changes(
    entity_type,
    entity,
    change,
    metric,
    antecedent,
    consequent,
    support,
    lift,
    confidence,
    confidence_before,
    windows_before
  )
