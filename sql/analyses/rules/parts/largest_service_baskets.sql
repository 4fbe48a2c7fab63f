-- The baskets of most hosts, and again all of them without their items, to tell what is cut.
-- grain:  one row per basket of the MAX_BASKETS largest of a window, and another per basket in all
-- params: MAX_BASKETS  distinct baskets of a window that rules are made of, those of most hosts, and a sample of the equal ones
--
-- By name, a service that sorts first would be in all of the baskets kept: a hash leaves each its proportion.
CREATE VIEW largest_service_baskets AS
SELECT
  rowtime,
  basket,
  hosts,
  -hosts AS hosts_cut,
  CAST(0 AS BIGINT) AS hosts_full
FROM (
  SELECT
    rowtime,
    basket,
    hosts,
    ROW_NUMBER() OVER (
      PARTITION BY window_start, window_end ORDER BY hosts DESC, MD5(basket) ASC
    ) AS place
  FROM TABLE(
    TUMBLE(
      TABLE service_baskets, DESCRIPTOR(rowtime), INTERVAL '${SERVICE_RULES_MINUTES:-15}' MINUTE
    )
  )
)
WHERE place <= CAST('${MAX_BASKETS:-10000}' AS BIGINT)
UNION ALL
SELECT
  rowtime,
  CAST(NULL AS STRING) AS basket,
  CAST(0 AS BIGINT) AS hosts,
  hosts AS hosts_cut,
  hosts_full
FROM service_baskets
