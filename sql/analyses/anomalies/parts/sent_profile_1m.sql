-- What each host sent by item set, and how it departs from its recent past.
-- grain:  one row per src_addr and one-minute window with traffic or an anomaly; a list without elements is NULL
--
-- An anomaly has the row time of its minute, so that one window takes it and the item sets, also of a minute in which
-- the host sends nothing.
CREATE VIEW sent_profile_1m AS
WITH item_sets_and_anomalies AS (
  SELECT
    rowtime,
    src_addr,
    ROW(
      kind,
      dst_addr,
      dst_port,
      protocol,
      service,
      conn_state,
      octets,
      packets,
      flow_count,
      destinations
    ) AS item_set,
    CAST(
      NULL AS ROW <
        metric STRING,
        detection_method STRING,
        direction STRING,
        lower_bound DOUBLE,
        upper_bound DOUBLE,
        n_samples INT
      >
    ) AS anomaly
  FROM largest_item_sets_1m
  UNION ALL
  SELECT
    rowtime,
    src_addr,
    CAST(
      NULL AS ROW <
        kind BIGINT,
        dst_addr STRING,
        dst_port INT,
        protocol STRING,
        service STRING,
        conn_state STRING,
        octets BIGINT,
        packets BIGINT,
        flow_count BIGINT,
        destinations BIGINT
      >
    ) AS item_set,
    ROW(metric, detection_method, direction, lower_bound, upper_bound, n_samples) AS anomaly
  FROM recent_anomalies
)

SELECT
  window_start,
  window_end,
  window_time AS rowtime,
  src_addr,
  ARRAY_AGG(item_set) FILTER (WHERE item_set IS NOT NULL) AS item_sets,
  ARRAY_AGG(anomaly) FILTER (WHERE anomaly IS NOT NULL) AS anomalies
FROM TABLE(
  TUMBLE(TABLE item_sets_and_anomalies, DESCRIPTOR(rowtime), INTERVAL '1' MINUTE)
)
GROUP BY window_start, window_end, window_time, src_addr
