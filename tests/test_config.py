"""Keys and settings: from the environment and one file, and what is wrong with them."""

import logging
import os
from pathlib import Path

import pytest

from ioclib import Client, ConfigurationError, config, lookup
from ioclib.registry import all_sources

NAMES = {"VIRUSTOTAL_API_KEY", "VT_API_KEY", "SHODAN_API_KEY"}


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("IOCLIB_CONFIG", str(path))
    return path


def written(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def test_nothing_set() -> None:
    settings = config.load(NAMES, {})
    assert settings == config.Settings()


def test_a_key_from_the_environment_and_its_aliases(monkeypatch: pytest.MonkeyPatch) -> None:
    key = all_sources()["virustotal"].key
    monkeypatch.setenv("VT_API_KEY", " alias \n")
    assert (found := config.load(NAMES).key(key))
    assert found.reveal() == "alias"
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", "first")
    assert (found := config.load(NAMES).key(key))
    assert found.reveal() == "first"
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", "")
    assert (found := config.load(NAMES).key(key))
    assert found.reveal() == "alias"


def test_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(
        file,
        """
        timeout = 7.5
        [keys]
        SHODAN_API_KEY = "from-the-file"
        VT_API_KEY = "from-the-file-too"
        [sources.virustotal]
        base_url = "https://gateway.example/vt"
        timeout = 3
        enabled = false
        concurrency = 2
        limits = ["600/minute", "50000/day"]
        """,
    )
    monkeypatch.setenv("VT_API_KEY", "from-the-environment")
    settings = config.load(NAMES)
    virustotal = all_sources()["virustotal"]
    wanted = settings.of(virustotal)
    assert settings.timeout == 7.5
    assert settings.keys["SHODAN_API_KEY"].reveal() == "from-the-file"
    assert settings.keys["VT_API_KEY"].reveal() == "from-the-environment"
    assert wanted.base(virustotal) == "https://gateway.example/vt"
    assert (wanted.timeout, wanted.enabled, wanted.concurrency) == (3, False, 2)
    assert [str(limit) for limit in wanted.limits_of(virustotal)] == ["600/minute", "50000/day"]


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, "timeout = 7\n[sources.otx]\ntimeout = 3\nenabled = true\n")
    monkeypatch.setenv("IOCLIB_TIMEOUT", "9")
    monkeypatch.setenv("IOCLIB_SOURCES__OTX__TIMEOUT", "4.5")
    monkeypatch.setenv("IOCLIB_SOURCES__OTX__ENABLED", "false")
    monkeypatch.setenv("IOCLIB_SOURCES__GOOGLE_SAFE_BROWSING__BASE_URL", "https://gateway.example")
    monkeypatch.setenv("IOCLIB_SOURCES__OTX__LIMITS", "1/minute,2/day")
    settings = config.load(NAMES)
    assert settings.timeout == 9
    assert settings.sources["otx"].timeout == 4.5
    assert settings.sources["otx"].enabled is False
    assert settings.sources["otx"].limits == ["1/minute", "2/day"]
    assert settings.sources["google_safe_browsing"].base_url == "https://gateway.example"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("timeout = 'soon'", "timeout"),
        ("timeout = 0", "timeout"),
        ("timeot = 1", "timeot"),
        ("[sources.otx]\ntimout = 1", "timout"),
        ("[sources.otx]\nlimits = ['many/day']", "limits"),
        ("[sources.otx]\nconcurrency = 0", "concurrency"),
        ("[keys]\nVIRUS_TOTAL = 'x'", "keys.VIRUS_TOTAL belongs to no source"),
        ("[keys]\nSHODAN_API_KEY = 'with space'", "SHODAN_API_KEY"),
        ("= broken", "config.toml"),
    ],
)
def test_a_wrong_file_is_one_clear_error(file: Path, text: str, says: str) -> None:
    written(file, text)
    with pytest.raises(ConfigurationError) as caught:
        config.load(NAMES)
    assert says in str(caught.value)
    assert "with space" not in str(caught.value)


def test_a_source_that_does_not_exist(file: Path) -> None:
    written(file, "[sources.virustotl]\nenabled = false")
    with pytest.raises(ConfigurationError, match=r"no source 'virustotl'; did you mean 'virustotal'\?"):
        Client()


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(ConfigurationError, match=r"no source 'shodn'; did you mean 'shodan'\?"):
        Client(sources=["shodn"])
    with pytest.raises(ConfigurationError, match="ioclib sources"):
        Client(exclude=["zzz"])


@pytest.mark.parametrize(
    ("url", "insecure", "good"),
    [
        ("https://gateway.example/vt/api", False, True),
        ("http://127.0.0.1:8080/x", False, True),
        ("http://[::1]:8080", False, True),
        ("http://localhost:1", False, True),
        ("http://gateway.example", False, False),
        ("http://127.0.0.1.evil.example", False, False),
        ("http://10.0.0.1", False, False),
        ("http://gateway.example", True, True),
        ("ftp://gateway.example", True, False),
        ("gateway.example", True, False),
        ("https://", False, False),
        ("https://user:pw@gateway.example", False, False),
        ("https://gateway.example/?x=1", False, False),
        ("https://gateway.example:port", False, False),
    ],
)
def test_base_addresses(file: Path, url: str, insecure: bool, good: bool) -> None:
    written(file, f"[sources.virustotal]\nbase_url = '{url}'\ninsecure = {str(insecure).lower()}")
    if good:
        Client()
        return
    with pytest.raises(ConfigurationError, match=r"sources\.virustotal"):
        Client()


def test_others_must_not_read_the_file(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    written(file, "timeout = 3")
    config.load(NAMES)
    assert not caplog.text
    file.chmod(0o644)
    config.load(NAMES)
    assert "chmod 600" in caplog.text
    assert caplog.records[0].levelno == logging.WARNING


def test_nothing_is_read_from_the_working_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("config.toml", "ioclib.toml", ".env", "pyproject.toml"):
        (tmp_path / name).write_text("this would be an error = = =")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IOCLIB_RESOLVER")
    assert config.load(NAMES) == config.Settings()


def test_the_sandbox_reads_neither_environment_nor_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, "this is not TOML")
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", "not usable at all")
    monkeypatch.setenv("IOCLIB_SOURCES__VIRUSTOTAL__BASE_URL", "http://real.example")
    answers = lookup("203.0.113.66", sandbox=True).answers
    assert {answer.source: answer.outcome for answer in answers}["virustotal"] == "found"


def test_the_sandbox_keeps_nothing_on_the_machine(own_world: Path) -> None:
    lookup("198.51.100.77", sandbox=True)
    assert [path for path in own_world.rglob("*") if path.is_file()] == []


def test_kept_lists_are_the_users_alone(own_world: Path) -> None:
    from ioclib.cache import FolderOfLists, Marks, Origin

    place = Origin("tor", 1, "https://a.example")
    FolderOfLists(own_world / "cache" / "lists").save(place, {"1.1.1.1": ""}, Marks())
    (path,) = (own_world / "cache" / "lists").iterdir()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
