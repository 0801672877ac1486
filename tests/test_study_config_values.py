"""What values of a configuration may be wherever they stand."""

import datetime
from collections import OrderedDict
from copy import deepcopy

import pytest
import yaml

from patchprobe.study import config_values, explaining, validation
from tests.configs import ASKED, SCHEMA, changed


def settled(config):
    config = deepcopy(config)
    config_values.settle(config)
    return config


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("knn: {k: 1.0}", "knn: {k: 1}"),
        ("seed: -0.0", "seed: 0"),
        ("backbones: {mae: {depth: 2.0}}", "backbones: {mae: {depth: 2}}"),
        (
            "datasets: {x: {removal_sweep: [0, 8.0], scales: [1.0, 0.5]}}",
            "datasets: {x: {removal_sweep: [0, 8], scales: [1, 0.5]}}",
        ),
        ("reproduction: {removed: [[200.0, 33]]}", "reproduction: {removed: [[200, 33]]}"),
        ("linear: {epochs: 2.5e+2}", "linear: {epochs: 250}"),
    ],
)
def test_whole_floats_are_the_integers_that_they_are(given, same):
    found, expected = settled(yaml.safe_load(given)), yaml.safe_load(same)
    assert repr(found) == repr(expected)
    assert repr(settled(expected)) == repr(expected)


def test_other_values_stay():
    text = "a: [0.5, true, '1.0', null, {b: .nan, c: .inf}]\nbackbones: {m: {model_args: {r: 4.0}}}"
    assert repr(settled(yaml.safe_load(text))) == repr(yaml.safe_load(text))


def test_files_in_json_are_settled_too():
    assert repr(settled(OrderedDict(a=OrderedDict(b=1.0)))) == repr(OrderedDict(a=OrderedDict(b=1)))


def test_a_settled_configuration_may_still_be_wrong():
    config = settled(changed(ASKED, {"seed": -1.0, "knn/k": 1.5}))
    assert validation.mistakes(config, SCHEMA) == [
        "knn: k: 1.5 is not of type 'integer'",
        "seed: -1 is less than the minimum of 0 (Seed of the linear probes and of noise in "
        "images.)",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("linear: {learning_rate: .nan}", "linear: learning_rate: expected a finite number, found "
         "nan"),
        ("scenes: {temperature: .inf}", "scenes: temperature: expected a finite number, found inf"),
        ("datasets: {fair1m: {changes: {noise: [1, -.inf]}}}", "datasets: fair1m: changes: noise: "
         "1: expected a finite number, found -inf"),
        ("seed: 9223372036854775808", "seed: expected a number of at most 2^63 - 1 = "
         "9223372036854775807, found 9223372036854775808"),
        ("seed: 1.0e+30", "seed: expected a number of at most 2^63 - 1 = "
         "9223372036854775807, found 1000000000000000019884624838656"),
        ("backbones: {mae: {model_args: {mlp_ratio: .inf}}}", "backbones: mae: model_args: "
         "mlp_ratio: expected a finite number, found inf"),
    ],
)  # fmt: skip
def test_numbers_that_nothing_can_be_done_with_are_told(text, line):
    config = settled(yaml.safe_load(text))
    assert config_values.numbers(config) == [line]
    assert line in validation.mistakes(config, SCHEMA)


def test_the_largest_seed_is_right():
    assert validation.mistakes({**ASKED, "seed": 2**63 - 1}, SCHEMA) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("backbones: {5: {}}", "backbones: 5: the name 5 is read as a number: put it in quotes"),
        ("backbones: {1.5: {}}", "backbones: 1.5: the name 1.5 is read as a number: put it in "
         "quotes"),
        ("datasets: {ade20k: {subsets: {val: {on: x}}}}", "datasets: ade20k: subsets: val: True: "
         "the name True is read as true, as yes, no, on and off are: put it in quotes"),
        ("datasets: {ade20k: {subsets: {val: {2024: x}}}}", "datasets: ade20k: subsets: val: 2024: "
         "the name 2024 is read as a number: put it in quotes"),
        ("backbones: {~: {}}", "backbones: None: the name None is read as nothing: put it in "
         "quotes"),
        ("backbones: {2024-01-01: {}}", "backbones: 2024-01-01: the name 2024-01-01 is read as a "
         "date: put it in quotes"),
        ("no: 1", "False: the name False is read as false, as yes, no, on and off are: put it in "
         "quotes"),
    ],
)  # fmt: skip
def test_names_that_are_no_text_are_told(text, line):
    """And nothing else, since a schema knows only names that are text."""
    config = {**ASKED, "protocl": 1, **yaml.safe_load(text)}
    assert validation.mistakes(config, SCHEMA) == [line]


NOT_TEXT = "is read as {}, expected text: put it in quotes"
NUMBER = NOT_TEXT.format("a number")
NOT_NUMBER = "is read as text, expected a number: write {}"
CITYSCAPES = "datasets/cityscapes"


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("backbones/mae/label", 5, f"backbones: mae: label: 5 {NUMBER}"),
        ("backbones/mae/label", False, NOT_TEXT.format("false, as yes, no, on and off are")),
        ("backbones/mae/label", datetime.date(2024, 1, 1), NOT_TEXT.format("a date")),
        ("backbones/mae/datasets", ["cityscapes", 1], f"mae: datasets: 1: 1 {NUMBER}"),
        (
            "backbones/mae/datasets",
            [True],
            f"datasets: 0: True {NOT_TEXT.format('true, as yes, no, on and off are')}",
        ),
        (f"{CITYSCAPES}/bank", 2024, f"bank: 2024 {NUMBER}"),
        (f"{CITYSCAPES}/subsets/val", {"val_30": 3}, f"subsets: val: val_30: 3 {NUMBER}"),
        ("figures", {"fig4": [5]}, f"figures: fig4: 0: 5 {NUMBER}"),
        ("linear/learning_rate", "1e-3", f"'1e-3' {NOT_NUMBER.format('1.0e-3')}"),
        ("linear/learning_rate", "1.5E3", f"'1.5E3' {NOT_NUMBER.format('1.5e+3')}"),
        ("linear/learning_rate", "-.5e3", f"'-.5e3' {NOT_NUMBER.format('-0.5e+3')}"),
        ("linear/epochs", "1e2", f"linear: epochs: '1e2' {NOT_NUMBER.format('1.0e+2')}"),
        ("linear/epochs", "25", f"'25' {NOT_NUMBER.format('25, without quotes')}"),
        (f"{CITYSCAPES}/changes/noise", ["1e1"], f"noise: 0: '1e1' {NOT_NUMBER.format('1.0e+1')}"),
        ("linear/epochs", "many", "linear: epochs: 'many' is not of type 'integer'"),
        (f"{CITYSCAPES}/removal_sweep", [0, 8, 10, 8], "removal_sweep: 8 stands twice (numbers"),
        (f"{CITYSCAPES}/removal_sweep", [0, 8.0, 0, 8], "removal_sweep: 0, 8 stand twice (numbers"),
        ("figures", {"fig4": ["mae", "mae"]}, "figures: fig4: 'mae' stands twice"),
    ],
)
def test_what_yaml_reads_as_something_else_is_told(path, value, line):
    found = validation.mistakes(settled(changed(ASKED, {path: value})), SCHEMA)
    assert any(line in text for text in found), found


def test_a_key_with_nothing_after_it_is_told():
    config = {**changed(ASKED, {"backbones/mae/remove": None}), "figures": None}
    config["backbones"]["mae"]["colour"] = None
    assert validation.mistakes(config, SCHEMA) == [
        "backbones: mae: colour: nothing stands there, expected text; text that begins with # "
        "needs quotes (its colour in every figure)",
        "figures: nothing stands there: give it a value, or remove it (Representations that a "
        "figure or table shows; those not named show all of their dataset.)",
    ]


@pytest.mark.parametrize("text", ["1e-3", "1.5E3", "-.5e3", "1e2", "+2.e07"])
def test_the_number_that_is_told_is_the_one_that_was_meant(text):
    written = explaining.as_number(text)
    assert yaml.safe_load(written) == float(text)
    assert isinstance(yaml.safe_load(text), str)
