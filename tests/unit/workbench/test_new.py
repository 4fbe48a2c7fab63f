"""flowsift new: the names that a new analysis can have."""

import pytest
from flowsift.catalog.library import Library
from flowsift.errors import UserError
from flowsift.workbench.new import check_name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("PortScans", "expected a name in snake_case"),
        ("port-scans", "expected a name in snake_case"),
        ("values", "values is a reserved word"),
        ("flows", r"flows is already there: .*flows.sql"),
        ("z_scores", r"z_scores is already there"),
    ],
)
def test_a_name_that_an_analysis_cannot_have(name, message):
    with pytest.raises(UserError, match=message):
        check_name(Library(), name)
