-- Baskets of services: the set of services that a host used, and how many hosts used the same.
-- grain:  one row per set of services and window of SERVICE_RULES_MINUTES with traffic
-- params: SERVICE_RULES_MINUTES  whole number from 1 to 1440: length of the windows of baskets
-- params: MAX_BASKET_ITEMS       whole number from 2: services per host, those of most flows
--
-- The services of a basket are one text, sorted, with U+001F between them.
CREATE VIEW service_baskets AS
WITH services_1m AS (
  SELECT
    rowtime,
    src_addr,
    service_name,
    flow_count
  FROM traffic_per_flow_key_1m
)

SELECT
  window_start,
  window_end,
  basket,
  COUNT(*) AS host_count,
  COUNT(*) FILTER (
    WHERE service_count >= CAST('${MAX_BASKET_ITEMS:-50}' AS BIGINT)
  ) AS full_host_count
FROM (
  SELECT
    window_start,
    window_end,
    src_addr,
    ARRAY_JOIN(ARRAY_SORT(ARRAY_AGG(service_name)), U&'\001F') AS basket,
    COUNT(*) AS service_count
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end, src_addr
        ORDER BY flow_count DESC, service_name ASC
      ) AS `rank`
    FROM (
      SELECT
        window_start,
        window_end,
        src_addr,
        service_name,
        SUM(flow_count) AS flow_count
      FROM TABLE(
        TUMBLE(
          TABLE services_1m,
          DESCRIPTOR(rowtime),
          INTERVAL '${SERVICE_RULES_MINUTES:-15}' MINUTE(4)
        )
      )
      GROUP BY window_start, window_end, src_addr, service_name
    )
  )
  WHERE `rank` <= CAST('${MAX_BASKET_ITEMS:-50}' AS BIGINT)
  GROUP BY window_start, window_end, src_addr
)
GROUP BY window_start, window_end, basket
