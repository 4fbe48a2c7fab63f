"""Options of the command line that hold more than a word: pairs, and files of client settings."""

from argparse import Namespace
from pathlib import Path

import pytest
from flowsift.cli.arguments import pairs, properties
from flowsift.errors import UserError


def test_a_malformed_pair_does_not_show_its_value():
    with pytest.raises(UserError) as caught:
        pairs(["=secret"], "--property")
    assert "secret" not in str(caught.value)


def test_a_properties_file_is_read_as_java_reads_it(tmp_path: Path):
    path = tmp_path / "client.properties"
    path.write_text('# to the broker\na=1\nb : 2\nc 3\nlogin=Login required \\\n  user="x=y";\n')
    arguments = Namespace(properties=str(path), property=["a=9"])
    assert properties(arguments) == {"a": "9", "b": "2", "c": "3", "login": 'Login required user="x=y";'}
