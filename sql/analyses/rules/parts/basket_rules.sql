-- Association rules over counted baskets, without redundant ones.
CREATE TEMPORARY FUNCTION basket_rules AS 'udfs.rules.service_rules.basket_rules' LANGUAGE PYTHON
