"""A view under parts/ is for its own family."""

from flowsift.catalog.library import Library
from flowsift.catalog.lint import trespasses

STATEMENTS = {
    "analyses/talk/parts/inner": "CREATE VIEW inner AS\nSELECT a FROM flows",
    "analyses/talk/parts/score": "CREATE FUNCTION score AS 'm.score' LANGUAGE PYTHON",
    "analyses/talk/busy": "CREATE VIEW busy AS\nSELECT a FROM inner",
    "analyses/other/nosy": "CREATE VIEW nosy AS\nSELECT score(a)\nFROM inner",
    "rollups/low": "CREATE VIEW low AS\nSELECT a FROM busy",
}


def test_only_its_family_may_read_a_part(tmp_path):
    for name, statement in STATEMENTS.items():
        path = tmp_path / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(statement)
    library = Library(tmp_path)
    found = trespasses(library, list(library.files))
    # A function of another family may be called, and a result may be read by all.
    assert [(problem.path.stem, problem.line) for problem in found] == [("nosy", 3)]
    assert "only analyses/talk/ may read inner" in found[0].message
