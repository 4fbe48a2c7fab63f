-- Which attributes of flows go together: association rules over addresses, port, protocol, service, state and direction.
-- grain:  one row per window of RULES_MINUTES, metric, antecedent and consequent; in a window without rules one row
--         without them if flows were dropped
-- params: RULES_MIN_CONFIDENCE  share in (0, 1]: smallest confidence of a rule
-- params: RULES_MIN_LIFT        number from 0: smallest lift of a rule
-- columns: window_start, window_end  the window that the rule is of
-- columns: entity_type, entity  address that the rule names, in the antecedent first; NULL without one
-- columns: metric      flows or octets: what is counted
-- columns: antecedent  attributes A of the rule "A implies B", such as dst_port=443, service=tls
-- columns: consequent  attribute B
-- columns: observed    flows or octets that have both A and B
-- columns: support     share of all that has both, from 0 to 1: P(A and B)
-- columns: confidence  share of what has A that also has B, from 0 to 1: P(B given A)
-- columns: lift        confidence / P(B): how much more likely B is given A
-- columns: leverage    P(A and B) - P(A) P(B): share that has both beyond chance
-- columns: conviction  (1 - P(B)) / (1 - confidence); NULL if the rule has no exception
-- columns: p_a_or_b    share of all that has A or B, from 0 to 1: P(A) + P(B) - P(A and B)
-- columns: dropped_flow_count  flows of the window that are in no count
-- order:  leverage DESC
-- misses: attributes that are NULL; what is rarer than RULES_MIN_SUPPORT; flows beyond MAX_FLOW_KEYS, counted in
--         dropped_flow_count
CREATE VIEW flow_rules AS
SELECT
  window_start,
  window_end,
  entity_type,
  entity,
  metric,
  antecedent,
  consequent,
  observed,
  support,
  confidence,
  lift,
  leverage,
  conviction,
  p_a_or_b,
  dropped_flow_count
FROM flow_item_sets
LEFT JOIN LATERAL TABLE(
  rules_of_flows(
    item_sets,
    total_flow_count,
    total_octets,
    CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE),
    CAST('${RULES_MIN_CONFIDENCE:-0.8}' AS DOUBLE),
    CAST('${RULES_MIN_LIFT:-1.1}' AS DOUBLE)
  )
)
  AS rules(
    entity_type,
    entity,
    metric,
    antecedent,
    consequent,
    observed,
    support,
    confidence,
    lift,
    leverage,
    conviction,
    p_a_or_b
  )
  ON TRUE
WHERE antecedent IS NOT NULL OR dropped_flow_count > 0
