-- Rules that are new, broken or gone in the last of several windows.
CREATE TEMPORARY FUNCTION rule_changes AS 'udfs.rules.flow_rules.rule_changes' LANGUAGE PYTHON
