-- What of the flows rules are made of, and what is beyond MAX_FLOW_KEYS.
-- grain:  one row per flow key of flow_keys_1m, and another per flow key in all
CREATE VIEW flow_keys_cut_1m AS
SELECT
  rowtime,
  flows,
  octets,
  -flows AS flows_cut
FROM flow_keys_1m
UNION ALL
SELECT
  rowtime,
  CAST(0 AS BIGINT) AS flows,
  CAST(0 AS BIGINT) AS octets,
  flows AS flows_cut
FROM traffic_per_flow_key_1m
