-- Which services hosts use together: association rules over the services that each host used in a window.
-- grain:  one row per window of SERVICE_RULES_MINUTES, antecedent and consequent; in a window without rules one without
--         them if anything was cut
-- params: SERVICE_MIN_SUPPORT     share of the hosts of which a rule must hold
-- params: SERVICE_MIN_CONFIDENCE  share of the antecedent's hosts that must use the consequent
-- params: SERVICE_MIN_LIFT        how much likelier the antecedent must make the consequent
-- params: SERVICE_MAX_ITEMS       services of a rule, both sides together
-- params: SERVICE_MAX_SERVICES    services that rules are made of, those of most hosts
-- columns: hosts       hosts that use all that antecedent and consequent name
-- columns: support     share of the hosts that use both: P(A and B)
-- columns: confidence  share of the hosts with the antecedent that use the consequent too: P(B given A)
-- columns: lift        confidence over P(B): how much likelier the antecedent makes the consequent
-- columns: leverage    P(A and B) - P(A) P(B): what both have together beyond chance
-- columns: conviction  (1 - P(B)) / (1 - confidence): how much rarer exceptions are than by chance; NULL if there are none
-- columns: p_a_or_b    share of the hosts that use either: P(A) + P(B) - P(A and B)
-- columns: hosts_cut     hosts that were left out of all counts
-- columns: services_cut  services with enough support of which no rule was made, since others have more
-- columns: hosts_full  hosts with so many services that some were left out
-- order:  leverage DESC
-- misses: services beyond SERVICE_MAX_SERVICES, counted in services_cut; hosts beyond MAX_BASKETS, counted in hosts_cut
--         and in no share; services beyond MAX_BASKET_ITEMS, of which hosts_full may have some
CREATE VIEW service_rules AS
SELECT
  window_start,
  window_end,
  antecedent,
  consequent,
  hosts,
  support,
  confidence,
  lift,
  leverage,
  conviction,
  p_a_or_b,
  hosts_cut,
  hosts_full,
  services_cut
FROM (
  SELECT
    window_start,
    window_end,
    ARRAY_AGG(ROW(basket, hosts)) FILTER (WHERE basket IS NOT NULL) AS baskets,
    SUM(hosts_cut) AS hosts_cut,
    SUM(hosts_full) AS hosts_full
  FROM TABLE(
    TUMBLE(
      TABLE largest_service_baskets,
      DESCRIPTOR(rowtime),
      INTERVAL '${SERVICE_RULES_MINUTES:-15}' MINUTE
    )
  )
  GROUP BY window_start, window_end
)
CROSS JOIN LATERAL TABLE(
  basket_rules(
    baskets,
    CAST('${SERVICE_MIN_SUPPORT:-0.05}' AS DOUBLE),
    CAST('${SERVICE_MIN_CONFIDENCE:-0.8}' AS DOUBLE),
    CAST('${SERVICE_MIN_LIFT:-1.1}' AS DOUBLE),
    CAST('${SERVICE_MAX_ITEMS:-3}' AS INT),
    CAST('${SERVICE_MAX_SERVICES:-100}' AS INT)
  )
)
  AS rules(
    antecedent,
    consequent,
    hosts,
    support,
    confidence,
    lift,
    leverage,
    conviction,
    p_a_or_b,
    services_cut
  )
WHERE antecedent IS NOT NULL OR hosts_cut > 0 OR hosts_full > 0 OR services_cut > 0
