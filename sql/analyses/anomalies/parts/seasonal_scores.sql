-- Scores of a window against its forecast, for each metric that departs from it.
CREATE TEMPORARY FUNCTION seasonal_scores AS 'udfs.seasonal_score.seasonal_scores' LANGUAGE PYTHON
