-- Forecasts of octets, with bounds: of all traffic, by protocol, service, source and destination.
-- grain:  one row per series, window of FORECAST_MINUTES in which a forecast is made, and step ahead
-- columns: window_start, window_end  the window that is forecast
-- columns: made_at      end of the last window that the forecast knows
-- columns: entity_type, entity  the series: all, protocol, service, src_addr or dst_addr, and its name
-- columns: steps_ahead  how many windows after the last known one
-- columns: forecast     octets of the window
-- columns: lower_bound, upper_bound  bounds that hold a share FORECAST_LEVEL of what comes, octets
-- columns: n_samples    number of windows with traffic in the history
-- demo:   FORECAST_MINUTES=1
-- misses: what flows longer than a minute carried in minutes that had closed, which backfilled_traffic has and no history
--         knows; series with fewer than 16 values or known in less than half of their steps; a step without traffic, or in which
--         a series is not among the FORECAST_SERIES largest, is a gap, filled from its neighbours
CREATE VIEW traffic_forecasts AS
SELECT
  window_start + steps_ahead * INTERVAL '${FORECAST_MINUTES:-5}' MINUTE(3) AS window_start,
  window_end + steps_ahead * INTERVAL '${FORECAST_MINUTES:-5}' MINUTE(3) AS window_end,
  window_end AS made_at,
  entity_type,
  entity,
  steps_ahead,
  forecast,
  lower_bound,
  upper_bound,
  n_samples
FROM forecasts_by_step
