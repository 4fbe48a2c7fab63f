-- Scores of a window against the forecast of it from its past, for each metric that departs from it.
CREATE TEMPORARY FUNCTION seasonal_scores AS 'udfs.seasonal_score.seasonal_scores' LANGUAGE PYTHON
