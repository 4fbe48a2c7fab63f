"""Kinds of parameters, as headers name them: which values they accept, and how they refuse the others."""

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.lint import omissions
from flowsift.catalog.parameters import kind_of
from flowsift.errors import UserError

KINDS = [
    ("number", ["-1", "0", "2.5"], ["", "x", "nan", "inf", "1e3", "1_000", "１２"]),
    ("number above 0", ["0.001", "7"], ["0", "-1", "nan", "inf", "many"]),
    ("number from 0", ["0", "99.5"], ["-0.1"]),
    ("number from 0 to 1", ["0", "0.5", "1"], ["1.1", "-1"]),
    ("whole number from 1", ["1", "99"], ["0", "1.5", "2.0", "", "one"]),
    ("whole number from 1 to 720 that divides 1440", ["1", "5", "720"], ["7", "1440", "0", "2.5"]),
    ("whole number from 10 to 990 that is a multiple of 10", ["10", "60", "990"], ["15", "5", "1000", "1e2"]),
    ("share in (0, 1)", ["0.5"], ["0", "1", "1.5"]),
    ("share in (0, 1]", ["0.5", "1"], ["0", "1.01"]),
    ("one of event, arrival", ["event", "arrival"], ["", "Event", "event, arrival"]),
    ("networks", ["10.0.0.0/8", "10.0.0.0/8, fc00::/7"], ["", "^10\\.", "10.0.0.0/33", "10.0.0.1/8"]),
    ("numbers by all | service *", ["", "all=5", "service dns=5, all=0.5"], ["dns=5", "all", "all=x", "all=-1"]),
    ("regular expression", ["", "core-.*"], ["core-(", "*"]),
    ("text", ["", "anything"], []),
]


@pytest.mark.parametrize(("text", "good", "bad"), KINDS, ids=[text for text, _, _ in KINDS])
def test_a_kind_accepts_what_it_says(text, good, bad):
    kind = kind_of(f"{text}: what it means, in: words")
    for value in good:
        kind.check("NAME", value)
    for value in bad:
        with pytest.raises(UserError, match="--set NAME: expected"):
            kind.check("NAME", value)


@pytest.mark.parametrize("meaning", ["", "how many", "hours: how many", "share of flows: how many"])
def test_what_names_no_kind_is_refused(meaning):
    with pytest.raises(ValueError, match="begin with one of: number"):
        kind_of(meaning)


@pytest.mark.parametrize("text", [text for text, _, _ in KINDS])
def test_a_kind_has_an_example_that_it_accepts(text):
    kind = kind_of(text)
    kind.check("NAME", kind.example)


def test_networks_are_a_list_by_comma():
    kind = kind_of("networks: what is inside")
    with pytest.raises(UserError, match=r"networks such as 10\.0\.0\.0/8"):
        kind.check("LOCAL_NETWORKS", "10.0.0.0/8; 192.168.0.0/16")


def test_a_default_of_another_kind_is_found(tmp_path):
    (tmp_path / "rollups").mkdir()
    path = tmp_path / "rollups" / "a.sql"
    path.write_text(
        "-- A.\n-- grain:  one\n-- params: NETS  networks: inside\nCREATE VIEW a AS\nSELECT '${NETS:-10/8}'\n"
    )
    library = Library(tmp_path)
    [problem] = omissions(library.objects["a"], library)
    assert str(problem).endswith(
        "a.sql:3:12: NETS: the default '10/8' is not networks such as 10.0.0.0/8, 2001:db8::/32"
    )


def test_every_default_is_of_its_kind():
    checked = 0
    for file in Library().files:
        for name, kind in file.kinds.items():
            if file.parameters.get(name) is not None:
                kind.check(name, file.parameters[name])
                checked += 1
    assert checked
