"""Extraction takes time and memory in proportion to the text, whatever the text is."""

import pytest

from ioclib.extract import extract
from tests.hostile import HOSTILE, MEDIUM, Cost, cost, seconds

_QUICK = 0.05  # seconds for 1 MB; below, a growth is as much the machine's as the text's


def test_every_text_has_the_length_asked_for():
    lengths = {name: len(make(MEDIUM)) for name, make in HOSTILE.items()}
    assert {name: length for name, length in lengths.items() if abs(length - MEDIUM) > 16} == {}
    assert len(HOSTILE) >= 29


@pytest.mark.parametrize("name", HOSTILE)
def test_64_kilobytes_are_read_at_once(name: str):
    extract("198.51.100.1")  # what is loaded once is not the text's fault
    assert seconds(HOSTILE[name](MEDIUM)) < 1


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_is_read_in_proportion(name: str):
    spent: Cost = cost(name)
    assert spent.large < 2
    assert spent.exponent <= (1.15 if spent.large > _QUICK else 1.3)
    assert spent.memory <= 10
