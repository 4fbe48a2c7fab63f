"""What is remembered of hosts: the usual deviation by its formula, and saved and loaded again."""

import numpy as np
import pytest

from udfs.learners.behaviour_model import Model, Past, load, save

HTTP = Past(7, "http", {("", "http"): 2.0, ("http", "dns"): 0.5}, {"b": 2.5}, 3.25, 1.5, 0.75, 4.0, 2)
EVERYONE = Past(8, "", {("", "http"): 9.0}, {"c": 4.0, "b": 5.0})


def test_few_flows_may_differ_more_and_many_not_less():
    past = Past(variance=400.0, flows_each=25.0)
    assert [past.spread(flows) for flows in (4, 25, 2_500)] == [10, 4, 4]
    assert Past(variance=0.1, flows_each=25.0).spread(25) == 0.5


def test_flows_are_those_of_all_steps():
    assert (Past().flows, HTTP.flows) == (0, 2.5)


@pytest.mark.parametrize("model", [Model(), Model({"z": HTTP, "a": Past(window=8)}, EVERYONE)])
def test_a_saved_model_is_loaded_in_the_same_order(model):
    again = load(1, save(model))
    assert again == model
    # Equal dicts may differ in order, on which sums of floats depend.
    assert repr(again) == repr(model)


def test_names_are_saved_once_and_pasts_one_after_the_other():
    content = save(Model({"z": HTTP}, EVERYONE))
    assert content["hosts"] == ["z"]
    assert content["names"] == ["", "http", "dns", "c", "b"]
    assert content["window"].tolist() == [8, 7]
    np.testing.assert_array_equal(content["steps"], [[0, 1], [0, 1], [1, 2]])
    assert content["steps_each"].tolist() == [1, 2]
    assert content["peers"].tolist() == [3, 4, 4]
    assert content["peers_flows"].tolist() == [4.0, 5.0, 2.5]
