-- Rules that are new or broken in the last of several windows.
CREATE TEMPORARY FUNCTION rule_changes AS 'udfs.flow_rules.rule_changes' LANGUAGE PYTHON
