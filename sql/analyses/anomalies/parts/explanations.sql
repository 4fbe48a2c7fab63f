-- The item sets over a host's flows that carry the difference from its past.
CREATE TEMPORARY FUNCTION explanations AS 'udfs.anomaly_explanation.explanations' LANGUAGE PYTHON
