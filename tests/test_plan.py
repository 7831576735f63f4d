"""Who is asked, and why not."""

from datetime import date
from typing import Any

import pytest

from ioclib.indicators import Domain, IPv4
from ioclib.plan import Policy, make_plan
from ioclib.source import Exposure, Key, Retired
from tests.doubles import source

IP, PRIVATE, DOCUMENTATION = IPv4("8.8.8.8"), IPv4("10.0.0.1"), IPv4("203.0.113.7")


def reason(ioc: Any = IP, one: Any = None, **policy: Any) -> str | None:
    plan = make_plan([ioc], [one or source()], Policy(**policy))
    assert len(plan.lookups) + len(plan.skips) <= 1
    return str(plan.skips[0].reason.kind) if plan.skips else None


def asked(*names: str, **policy: Any) -> list[str]:
    plan = make_plan([IP], [source(name) for name in names], Policy(**policy))
    return [lookup.source.name for lookup in plan.lookups]


def test_the_type_decides() -> None:
    plan = make_plan([IP, Domain("example.com")], [source()], Policy())
    assert [(lookup.ioc, lookup.source.name) for lookup in plan.lookups] == [(IP, "opinions")]
    assert not plan.skips


def test_choosing_and_excluding() -> None:
    assert asked("a", "b", "c") == ["a", "b", "c"]
    assert asked("a", "b", "c", chosen=frozenset({"b"})) == ["b"]
    assert asked("a", "b", "c", excluded=frozenset({"b"})) == ["a", "c"]
    assert asked("a", "b", chosen=frozenset({"a"}), excluded=frozenset({"a"})) == []


def test_internal_is_sent_nowhere_by_default() -> None:
    assert reason(PRIVATE) == "internal"
    assert reason(DOCUMENTATION) == "internal"
    assert reason(PRIVATE, include_internal=True) is None
    assert reason(DOCUMENTATION, fictional=True) is None
    assert reason(PRIVATE, fictional=True) == "internal"


def test_a_missing_key_names_the_variable_and_where_to_get_one() -> None:
    keyless = frozenset({"opinions"})
    plan = make_plan([IP], [source()], Policy(keyless=keyless))
    assert plan.skips[0].reason.kind == "no_key"
    assert "OPINIONS_API_KEY" in plan.skips[0].reason.message
    assert "https://opinions.example/key" in plan.skips[0].reason.message


def test_what_touches_the_target_needs_a_word() -> None:
    one = source(exposure=Exposure.TARGET)
    assert reason(IP, one) == "active"
    assert reason(IP, one, active=True) is None


def test_a_retired_source_is_asked_only_by_name() -> None:
    one = source(retired=Retired(date(2025, 7, 30), "gone"))
    assert reason(IP, one) == "retired"
    assert reason(IP, one, chosen=frozenset({"opinions"})) is None


def test_disabled() -> None:
    assert reason(disabled=frozenset({"opinions"})) == "disabled"


@pytest.mark.parametrize("key", [None, Key("X_API_KEY", header="X", get="https://x.example", optional=True)])
def test_without_a_need_for_a_key_there_is_no_reason(key: Key | None) -> None:
    assert reason(IP, source(key=key)) is None


def test_the_most_fundamental_reason_is_given() -> None:
    one = source(exposure=Exposure.TARGET, retired=Retired(date(2025, 7, 30), "gone"))
    assert reason(PRIVATE, one, keyless=frozenset({"opinions"})) == "internal"
    assert reason(IP, one, keyless=frozenset({"opinions"})) == "retired"
