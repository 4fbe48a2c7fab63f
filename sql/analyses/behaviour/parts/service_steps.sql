-- The flows of the hosts inside, each with the service of the host's flow before it.
-- grain:  one row per flow whose source is in LOCAL_NETWORKS
-- state:  the last service of each host inside
-- params: LOCAL_NETWORKS  regular expression of the addresses inside
--
-- Only hosts inside: forged sources have no bounds.
CREATE VIEW service_steps AS
SELECT
  flow_end,
  src_addr,
  dst_addr,
  service,
  LAG(service) OVER (PARTITION BY src_addr ORDER BY flow_end ASC) AS previous
FROM (
  SELECT
    flow_end,
    src_addr,
    dst_addr,
    CASE
      WHEN service IS NOT NULL THEN service
      WHEN protocol IN ('tcp', 'udp', 'sctp') AND dst_port IS NOT NULL
        THEN CONCAT(protocol, '/', CAST(dst_port AS STRING))
      ELSE protocol
    END AS service
  FROM flows
  WHERE
    REGEXP(
      src_addr,
      '${LOCAL_NETWORKS:-(?i)^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|f[cd]|fe[89ab])}'
    )
)
