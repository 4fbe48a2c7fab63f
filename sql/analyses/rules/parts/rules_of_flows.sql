-- Association rules from the counted item sets of a window, by flows and by octets, without redundant ones.
CREATE TEMPORARY FUNCTION rules_of_flows AS 'udfs.rules.flow_rules.rules_of_flows' LANGUAGE PYTHON
