"""What is saved of a model, what is refused and in which words, and how an operator goes on from its state."""

import json
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from flowsift.engine.flink.errors import reason
from pyflink.common import Row

from udfs.learners.learner import Learner, Learning, UnreadableState, loaded, saved
from udfs.learners.plain_state import MAGIC, State, packed, unpacked


@pytest.fixture
def mine():
    """A learner that counts rows."""

    def step(model, _row):
        seen = (model or {"seen": 0})["seen"] + 1
        return {"seen": seen}, [(seen,)]

    return Learner(
        name="mine", learned="how much was seen", version=1, step=step, columns=(("seen", "BIGINT"),),
        save=lambda model: model, load=lambda _, content: content,
    )  # fmt: skip


def test_what_is_saved_is_loaded_and_saved_again_the_same(mine):
    octets = saved(mine, {"seen": 3})
    assert loaded(mine, octets) == {"seen": 3}
    assert saved(mine, loaded(mine, octets)) == octets
    assert b"udfs" not in octets


def test_what_is_not_plain_is_not_saved(mine):
    for content in ({"seen": np.array([object()])}, {"seen": object()}, {"seen": {1, 2}}):
        with pytest.raises(TypeError):
            saved(mine, content)


@pytest.mark.parametrize(
    "content",
    [{1: "a"}, {1: np.arange(3)}, {"hosts": {1: "a"}}, {"hosts": [{"a": ({None: 0.5},)}]}, {"hosts": {True: "a"}}],
)
def test_keys_that_would_come_back_as_text_are_not_saved(content):
    with pytest.raises(TypeError, match="keys of what is saved must be text"):
        packed(State("mine", 1, content))


def test_arrays_keep_type_shape_and_values():
    rng = np.random.default_rng(1)
    arrays = {
        "doubles": rng.normal(size=(7, 3)),
        "columns": np.asfortranarray(rng.normal(size=(3, 5))),
        "bits": rng.random(9) < 0.5,
        "small": rng.integers(0, 9, 5).astype("i2"),
        "none": np.zeros((0, 11)),
        "words": np.array(["a", "größer"]),
        "odd": np.array([np.nan, np.inf, -0.0, 5e-324]),
        "one": np.array(3.5),
    }
    values = {"text": "a\nb ü", "list": [1, 2.5, None, True, "x"], "dict": {"a": [0.1]}, "large": 2**70}
    state = unpacked(packed(State("mine", 4, arrays | values)))
    assert (state.name, state.version) == ("mine", 4)
    assert state.content.keys() == arrays.keys() | values.keys()
    assert {name: state.content[name] for name in values} == values
    for name, array in arrays.items():
        assert state.content[name].dtype == array.dtype
        np.testing.assert_array_equal(state.content[name], array, strict=True)


def test_an_older_version_is_loaded_by_what_knows_it(mine):
    octets = saved(mine, {"seen": 3})
    newer = mine._replace(
        version=2, load=lambda version, content: {"count": content["seen"]} if version == 1 else content
    )
    assert loaded(newer, octets) == {"count": 3}


HEAD = {"name": "mine", "version": 2, "values": {}, "arrays": {"seen": ["<i8", [3]]}}
DAMAGED_HEADS = [
    *({key: value for key, value in HEAD.items() if key != lost} for lost in HEAD),
    *(HEAD | {key: None} for key in HEAD),
    *(HEAD | {"arrays": {"seen": array}} for array in ([], 7, ["?!", [3]], ["<i8", 3], ["<i8", ["a"]])),
    HEAD | {"arrays": {"seen": ["<i8", [2**70]]}},
    HEAD | {"values": [["a", 1]]},
    HEAD | {"version": "2"},
    [],
    None,
    "a",
]


@pytest.mark.parametrize("head", DAMAGED_HEADS)
def test_a_damaged_head_is_refused_like_any_damage(mine, head):
    arrays = np.arange(3).tobytes()
    assert loaded(mine._replace(version=2), MAGIC + json.dumps(HEAD).encode() + b"\n" + arrays).keys() == {"seen"}
    damaged = MAGIC + json.dumps(head).encode() + b"\n" + arrays
    with pytest.raises(ValueError):
        unpacked(damaged)
    with pytest.raises(UnreadableState, match=r"^the saved state of mine cannot be read: it is damaged, or .*=forget$"):
        loaded(mine, damaged)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (packed(State("mine", 4, {})), "it is of version 4, and this release reads version 2 to 3"),
        (packed(State("mine", 1, {})), "it is of version 1, and this release reads version 2 to 3"),
        (packed(State("other", 2, {})), "it is of the learner other"),
        (pickle.dumps({"seen": 3}), "it is damaged, or from before states had versions"),
        (packed(State("mine", 2, {"seen": np.arange(3)}))[:-1], "it is damaged, or from before states had versions"),
        (packed(State("mine", 2, {"seen": np.arange(3)})) + b"x", "it is damaged, or from before states had versions"),
        (MAGIC, "it is damaged, or from before states had versions"),
        (b"", "it is damaged, or from before states had versions"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_line_that_says_what_is_lost(mine, octets, why):
    with pytest.raises(UnreadableState) as refused:
        loaded(mine._replace(version=3, oldest=2), octets)
    assert str(refused.value) == (
        f"the saved state of mine cannot be read: {why}; to go on without it, and lose how much was seen, "
        "add --set UNREADABLE_STATE=forget"
    )


def test_the_line_is_all_that_a_user_sees():
    error = Exception(
        "An error occurred while calling o1.get.\n"
        ": java.util.concurrent.ExecutionException: org.apache.flink.runtime.JobException: Recovery is suppressed\n"
        "\tat org.apache.flink.Some.where(Some.java:1)\n"
        "Caused by: java.lang.RuntimeException: Error received from SDK harness for instruction 1: Traceback (most "
        "recent call last):\n"
        '  File "/tmp/udfs.zip/udfs/learners/learner.py", line 110, in _loaded\n'
        "    return loaded(self._learner, octets)\n"
        "udfs.learners.learner.UnreadableState: the saved state of mine cannot be read: why; lost\n\n"
        "\tat org.apache.flink.Some.where(Some.java:1)\n"
    )
    assert reason(error) == "the saved state of mine cannot be read: why; lost"


class FakeState:
    """A value of Flink's keyed state."""

    def __init__(self, octets):
        self.octets = octets

    def value(self):
        return self.octets

    def update(self, octets):
        self.octets = octets


def learn_from(learner, octets, rows, **options):
    """(the state after these rows, what was learned from them) of an operator that begins with a state."""
    state = FakeState(octets)
    learning = Learning(learner, ["host"], **options)
    learning.open(SimpleNamespace(get_state=lambda _: state))
    reported = [tuple(one) for row in rows for one in learning.process_element(Row(row), None)]
    return state.octets, reported


def test_an_operator_goes_on_from_its_state(mine):
    octets, reported = learn_from(mine, None, ["a", "b"])
    assert reported == [(1,), (2,)]
    assert learn_from(mine, octets, ["c", "d"])[1] == [(3,), (4,)]


def test_an_operator_forgets_what_it_cannot_read_only_if_it_is_to(mine):
    old = pickle.dumps({"seen": 2})
    with pytest.raises(UnreadableState):
        learn_from(mine, old, ["c"])
    assert learn_from(mine, old, ["c", "d"], forgets=True)[1] == [(1,), (2,)]
    assert learn_from(mine, saved(mine, {"seen": 2}), ["c"], forgets=True)[1] == [(3,)]
