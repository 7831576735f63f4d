"""Named selections of sources, with a deadline."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ioclib import Client
from ioclib.cli import main
from ioclib.errors import ConfigurationError
from ioclib.profiles import BUILT_IN, Profile, profile_named
from ioclib.registry import all_sources
from ioclib.source import Exposure
from tests.doubles import source

USUAL = source("usual", exposure=Exposure.VENDOR)
SOURCES = [
    USUAL,
    source("public", exposure=Exposure.PUBLIC),
    source("touching", exposure=Exposure.TARGET),
    source("slow", timeout=60),
    source("talkative", requests=3),
    source("personal", personal=True),
    source("unproven", unproven=True),
    source("own", own_platform=True),
    source("retired", retired=all_sources()["threatminer"].retired),
]


@pytest.mark.parametrize(
    ("name", "selected"),
    [
        ("quick", "usual own"),
        ("full", "usual public touching slow talkative own"),
        ("passive", "usual slow talkative own"),
    ],
)
def test_what_is_built_in(name: str, selected: str) -> None:
    assert BUILT_IN[name].selects(SOURCES) == set(selected.split())


def test_what_the_config_names_is_taken_whatever_it_is() -> None:
    assert Profile.of(["usual", "personal", "retired"], ["usual"], None).selects(SOURCES) == {"personal", "retired"}
    assert Profile.of(None, ["usual"], None).selects(SOURCES) == {"public", "touching", "slow", "talkative", "own"}


def test_an_own_profile_replaces_one_that_is_built_in() -> None:
    own = dataclasses.replace(BUILT_IN["quick"], timeout=2)
    assert profile_named("quick", {"quick": own}).timeout == 2
    with pytest.raises(ConfigurationError, match="there is no profile 'nigth': there are full, night, passive, quick"):
        profile_named("nigth", {"night": own})


@pytest.fixture
def night(own_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = own_world / "config.toml"
    file.write_text('[profiles.night]\nsources = ["tor", "threatminer"]\ntimeout = 77\n')
    file.chmod(0o600)
    monkeypatch.setenv("IOCLIB_CONFIG", str(file))


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize(
    ("options", "timeout", "chosen"),
    [
        ({"profile": "night"}, 77, {"tor", "threatminer"}),
        ({"profile": "night", "timeout": 3}, 3, {"tor", "threatminer"}),
        ({"profile": "night", "sources": ["doh"]}, 77, {"doh"}),
        ({"profile": "quick", "exclude": ["tor"]}, 5, None),
        ({}, 20, None),
    ],
)
def test_what_is_said_besides_counts_more(options: Any, timeout: float, chosen: set[str] | None) -> None:
    from ioclib.indicators import IPv4

    client = Client(**options)
    assert client.timeout == timeout
    plan = client.plan([IPv4("1.1.1.1")])
    asked = {one.source.name for one in plan.lookups}
    if chosen is not None:
        assert asked | {one.source.name for one in plan.skips} <= chosen
    assert ("tor" in asked) == ("tor" in (chosen or asked))


def test_a_profile_that_names_nobody_is_told(own_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = own_world / "config.toml"
    file.write_text('[profiles.night]\nsources = ["virustotall"]\n')
    monkeypatch.setenv("IOCLIB_CONFIG", str(file))
    with pytest.raises(ConfigurationError, match="virustotall"):
        Client()


def test_at_the_command_line() -> None:
    result = CliRunner().invoke(main, ["check", "--sandbox", "--profile", "slow", "203.0.113.66"])
    assert result.exit_code == 2
    assert "there is no profile 'slow': there are full, passive, quick" in result.output
    result = CliRunner().invoke(main, ["plan", "--sandbox", "--profile", "quick", "203.0.113.66"])
    assert result.exit_code == 0
    assert "screenshotapi" not in result.output
