-- Which attributes of flows go together: association rules over addresses, port, protocol, service, state and direction.
-- grain:  one row per window of RULES_MINUTES, measure (flows, octets), antecedent and consequent; in a window without
--         rules one without them if flows were cut
-- params: RULES_MIN_CONFIDENCE  share of the antecedent's flows, or octets, in which the consequent must follow
-- params: RULES_MIN_LIFT        how much likelier the antecedent must make the consequent
-- columns: measure     flows, or octets: of which the counts and shares are
-- columns: observed    flows, or octets, with all that antecedent and consequent name
-- columns: support     share of all that has both: P(A and B)
-- columns: confidence  share of what has the antecedent that has the consequent too: P(B given A)
-- columns: lift        confidence over P(B): how much likelier the antecedent makes the consequent
-- columns: leverage    P(A and B) - P(A) P(B): what both have together beyond chance
-- columns: conviction  (1 - P(B)) / (1 - confidence): how much rarer exceptions are than by chance; NULL if there are none
-- columns: p_a_or_b    share of all that has either: P(A) + P(B) - P(A and B)
-- columns: flows_cut   flows of the window that were left out of all counts
-- order:  leverage DESC
-- misses: attributes that are NULL; what is rarer than RULES_MIN_SUPPORT; flows beyond MAX_FLOW_KEYS, counted in flows_cut
CREATE VIEW flow_rules AS
SELECT
  window_start,
  window_end,
  measure,
  antecedent,
  consequent,
  observed,
  support,
  confidence,
  lift,
  leverage,
  conviction,
  p_a_or_b,
  flows_cut
FROM flow_item_sets
LEFT JOIN LATERAL TABLE(
  rules_of_flows(
    item_sets,
    flows_total,
    octets_total,
    CAST('${RULES_MIN_SUPPORT:-0.02}' AS DOUBLE),
    CAST('${RULES_MIN_CONFIDENCE:-0.8}' AS DOUBLE),
    CAST('${RULES_MIN_LIFT:-1.1}' AS DOUBLE)
  )
)
  AS rules(
    measure,
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
WHERE antecedent IS NOT NULL OR flows_cut > 0
