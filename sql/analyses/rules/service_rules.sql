-- Which services hosts use together: association rules over the services that each host used in a window.
-- grain:  one row per window of SERVICE_RULES_MINUTES, antecedent and consequent; in a window without rules one row
--         without them if hosts or services were dropped
-- params: SERVICE_MIN_SUPPORT     share in (0, 1]: smallest support of a rule
-- params: SERVICE_MIN_CONFIDENCE  share in (0, 1]: smallest confidence of a rule
-- params: SERVICE_MIN_LIFT        number from 0: smallest lift of a rule
-- params: SERVICE_MAX_ITEMS       whole number from 2: services of a rule, both sides together
-- params: SERVICE_MAX_SERVICES    whole number from 2: services that rules are made of, those of most hosts
-- params: MAX_BASKETS             whole number from 1: distinct baskets of a window, those of most hosts
-- columns: window_start, window_end  the window that the rule is of
-- columns: entity_type, entity  all: the rule is about all hosts together
-- columns: antecedent  services A of the rule "A implies B"
-- columns: consequent  service B
-- columns: host_count  hosts that use all services of A and B
-- columns: support     share of the hosts that use both, from 0 to 1: P(A and B)
-- columns: confidence  share of the hosts with A that also use B, from 0 to 1: P(B given A)
-- columns: lift        confidence / P(B): how much more likely B is given A
-- columns: leverage    P(A and B) - P(A) P(B): share that uses both beyond chance
-- columns: conviction  (1 - P(B)) / (1 - confidence); NULL if the rule has no exception
-- columns: p_a_or_b    share of the hosts that use A or B, from 0 to 1: P(A) + P(B) - P(A and B)
-- columns: dropped_host_count     hosts that are in no count
-- columns: full_host_count        hosts with MAX_BASKET_ITEMS services or more, of which some may be dropped
-- columns: dropped_service_count  services with enough support that no rule is made of
-- order:  leverage DESC
-- misses: services beyond SERVICE_MAX_SERVICES, counted in dropped_service_count; hosts beyond MAX_BASKETS, counted in
--         dropped_host_count and in no share; services of a host beyond MAX_BASKET_ITEMS
--
-- Of baskets with equally many hosts a sample by hash is kept: by name, the first service would be in all of them.
CREATE VIEW service_rules AS
WITH largest AS (
  SELECT
    window_start,
    window_end,
    ARRAY_AGG(ROW(basket, host_count)) AS baskets,
    SUM(host_count) AS host_count
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end ORDER BY host_count DESC, MD5(basket) ASC
      ) AS `rank`
    FROM service_baskets
  )
  WHERE `rank` <= CAST('${MAX_BASKETS:-10000}' AS BIGINT)
  GROUP BY window_start, window_end
),

everything AS (
  SELECT
    window_start,
    window_end,
    SUM(host_count) AS host_count,
    SUM(full_host_count) AS full_host_count
  FROM service_baskets
  GROUP BY window_start, window_end
),

counted AS (
  SELECT
    largest.window_start,
    largest.window_end,
    largest.baskets,
    everything.host_count - largest.host_count AS dropped_host_count,
    everything.full_host_count
  FROM largest
  INNER JOIN everything
    ON
      largest.window_start = everything.window_start
      AND largest.window_end = everything.window_end
)

SELECT
  window_start,
  window_end,
  'all' AS entity_type,
  'all' AS entity,
  antecedent,
  consequent,
  host_count,
  support,
  confidence,
  lift,
  leverage,
  conviction,
  p_a_or_b,
  dropped_host_count,
  full_host_count,
  dropped_service_count
FROM counted
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
    host_count,
    support,
    confidence,
    lift,
    leverage,
    conviction,
    p_a_or_b,
    dropped_service_count
  )
WHERE
  antecedent IS NOT NULL
  OR dropped_host_count > 0
  OR full_host_count > 0
  OR dropped_service_count > 0
