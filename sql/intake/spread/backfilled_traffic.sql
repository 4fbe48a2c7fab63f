-- What long flows carried in windows that had closed before they ended: add it to the rates of these windows.
-- grain:  one row per flow, window that had closed, and entity; several may have one key, and add up
-- columns: window_start, window_end  a minute; a day, for what flows longer than a day carried in its closed minutes
-- columns: entity_type, entity  all, src_addr, dst_addr, pair (as in A > B), protocol or service, and its name
-- columns: octets   octets of both directions
-- columns: packets  packets of both directions
-- sink:   every run
-- misses: nothing; rates and this together are what each window carried, and add up to all flows that were in time
--
-- Left out of a run that spreads nothing. The flow itself is counted in the window of its end, and in no row here.
-- Where there are too many shares, more than ten for each record and a million to spare, they are by the day as well.
CREATE VIEW backfilled_traffic AS
WITH shares AS (
  SELECT
    CAST(TO_TIMESTAMP_LTZ(flow_end_ms + 1 - 60000 * shift_minutes, 3) AS TIMESTAMP(3))
      AS window_start,
    CAST(TO_TIMESTAMP_LTZ(flow_end_ms + 1, 3) AS TIMESTAMP(3)) AS window_end,
    src_addr,
    dst_addr,
    protocol,
    service,
    octets_out + COALESCE(octets_in, 0) AS octets,
    packets_out + COALESCE(packets_in, 0) AS packets
  FROM judged_records
  WHERE shift_minutes IS NOT NULL AND is_late
)

SELECT
  window_start,
  window_end,
  entity_type,
  entity,
  octets,
  packets
FROM shares
CROSS JOIN
  UNNEST(
    ARRAY[
      ROW('all', 'all'),
      ROW('src_addr', src_addr),
      ROW('dst_addr', dst_addr),
      ROW('pair', CONCAT(src_addr, ' > ', dst_addr)),
      ROW('protocol', protocol),
      ROW('service', service)
    ]
  ) AS entities(entity_type, entity)
WHERE entity IS NOT NULL
