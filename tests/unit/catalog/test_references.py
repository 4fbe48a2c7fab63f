"""What a statement reads and calls, and that a name alone is no reference."""

import pytest
from flowsift.catalog.references import references


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT a FROM b", {"b"}),
        ("SELECT a FROM b, c AS d, `e` JOIN f ON g = h, i WHERE j IN (k, l)", {"b", "c", "e", "f", "i"}),
        ("SELECT a, b FROM TABLE(TUMBLE(TABLE c, DESCRIPTOR(d), INTERVAL '1' MINUTE)) GROUP BY e, f", {"c"}),
        ("SELECT EXTRACT(EPOCH FROM a), TRIM(BOTH ' ' FROM b) FROM c WHERE d IS DISTINCT FROM e", {"c"}),
        ("WITH a AS (SELECT x FROM b), c (y) AS (SELECT x FROM a) SELECT y FROM c", {"b"}),
        ("SELECT flows FROM a -- FROM b\nWHERE c = 'FROM d' /* JOIN e */", {"a"}),
        ("SELECT a FROM sources.b CROSS JOIN UNNEST(c) AS d(e) LEFT JOIN LATERAL TABLE(f(g)) AS h(i) ON TRUE", set()),
        ("SELECT a FROM (b AS c JOIN d ON TRUE), (SELECT e FROM f)", {"b", "d", "f"}),
        ("SELECT a FROM b WHERE LOWER(c) LIKE d", {"b"}),
        ("WITH `a` AS (SELECT x FROM b) SELECT x FROM a", {"b"}),
        ("CREATE TABLE a (b STRING, c AS d LIKE e) LIKE f", {"f"}),
        ("SELECT a FROM (SELECT b FROM c) UNION ALL SELECT d FROM TO_CHANGELOG(input => TABLE e)", {"c", "e"}),
        ("CREATE VIEW a AS SELECT b FROM c MATCH_RECOGNIZE (PARTITION BY d ORDER BY e)", {"c"}),
    ],
)
def test_tables(statement, tables):
    assert references(statement).tables == tables


def test_calls():
    statement = "SELECT SUM(a), b FROM LATERAL TABLE(c(d)) AS e(f), g WHERE h IN (SELECT i(j) FROM k)"
    assert {"SUM", "c", "i"} <= references(statement).calls
    assert not {"a", "b", "d", "e", "f", "g", "h", "j", "k"} & references(statement).calls
