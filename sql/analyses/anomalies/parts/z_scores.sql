-- Scores of a window against its own past, for each metric and method that departs from it.
CREATE TEMPORARY FUNCTION z_scores AS 'udfs.z_score.z_scores' LANGUAGE PYTHON
