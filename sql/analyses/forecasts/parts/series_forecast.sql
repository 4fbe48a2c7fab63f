-- The forecast of a series from its history, a row per step ahead.
CREATE TEMPORARY FUNCTION series_forecast AS 'udfs.forecast.series_forecast' LANGUAGE PYTHON
