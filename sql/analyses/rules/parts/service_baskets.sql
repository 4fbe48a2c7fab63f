-- Baskets of services: those of hosts that used the same are one.
-- grain:  one row per set of services and window of SERVICE_RULES_MINUTES with traffic
-- params: MAX_BASKET_ITEMS  services of a host that are looked at, those of most flows
CREATE VIEW service_baskets AS
SELECT
  window_time AS rowtime,
  basket,
  COUNT(*) AS hosts,
  COUNT(*) FILTER (WHERE n_services >= CAST('${MAX_BASKET_ITEMS:-50}' AS BIGINT)) AS hosts_full
FROM (
  SELECT
    window_start,
    window_end,
    window_time,
    src_addr,
    ARRAY_JOIN(ARRAY_SORT(ARRAY_AGG(service)), U&'\001F') AS basket,
    COUNT(*) AS n_services
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY window_start, window_end, src_addr ORDER BY flows DESC, service ASC
      ) AS place
    FROM TABLE(
      TUMBLE(
        TABLE services_per_src,
        DESCRIPTOR(rowtime),
        INTERVAL '${SERVICE_RULES_MINUTES:-15}' MINUTE
      )
    )
  )
  WHERE place <= CAST('${MAX_BASKET_ITEMS:-50}' AS BIGINT)
  GROUP BY window_start, window_end, window_time, src_addr
)
GROUP BY window_start, window_end, window_time, basket
