"""Keys: taken without an echo, kept where only their owner reads them, and tried at once."""

import stat
import sys
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest
from click.testing import CliRunner

from ioclib import Client, config
from ioclib.cli import main
from ioclib.errors import ConfigurationError
from ioclib.keys import into_file
from ioclib.registry import all_sources

KEY = "5a0db0c5" * 4
NAMES = {key.variable for one in all_sources().values() if (key := one.key)}
FILE = """# what we were told by the vendor
timeout = 30  # seconds

[keys]
SHODAN_API_KEY = "unchanged"  # Ann's
"""


@pytest.fixture
def file(own_world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = own_world / "conf" / "config.toml"
    monkeypatch.setenv("IOCLIB_CONFIG", str(path))
    return path


def run(*arguments: str, typed: str = "") -> Any:
    return CliRunner().invoke(main, ["setup", *arguments], input=typed)


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `setup` tries is tried at the sandbox, with the key that was entered."""
    from ioclib import sandbox

    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: sandbox.SandboxTransport())


# The command ------------------------------------------------------------------------------------------------------


def test_a_key_is_kept_without_being_shown_and_tried(file: Path) -> None:
    from ioclib.sandbox import keys

    result = run("virustotal", typed=keys()["virustotal"] + "\n")
    assert result.exit_code == 0, result.output
    assert "free, to be had at https://www.virustotal.com" in result.output
    assert f"kept in {file}" in result.output
    assert "virustotal: accepted" in result.output
    assert keys()["virustotal"] not in result.output
    assert config.load(NAMES).keys["VIRUSTOTAL_API_KEY"].reveal() == keys()["virustotal"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_wrong_key_is_told(file: Path) -> None:
    result = run("virustotal", typed="0" * 64 + "\n")
    assert "virustotal: not well: key not accepted" in result.output
    assert "0" * 64 not in result.output
    assert file.exists()


def test_terms_and_price_are_told(file: Path) -> None:
    output = run("hibp", "openphish", typed="\n").output
    assert "HIBP_API_KEY\n" in output
    assert "paid, to be had at https://haveibeenpwned.com" in output
    assert not file.exists(), "nothing was entered"


def test_without_names_every_missing_key_is_asked_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHODAN_API_KEY", "is-set-already")
    output = run(typed="\n" * 100).output
    assert "VIRUSTOTAL_API_KEY: " in output
    assert "SHODAN_API_KEY" not in output


@pytest.mark.parametrize("typed", ["with a space\n", "schlüssel\n"])
def test_what_is_no_key_is_refused(file: Path, typed: str) -> None:
    result = run("virustotal", typed=typed)
    assert result.exit_code == 2
    assert "VIRUSTOTAL_API_KEY in what was entered is no key" in result.output
    assert typed.strip() not in result.output
    assert not file.exists()


def test_an_unknown_source(file: Path) -> None:
    result = run("virustotall")
    assert (result.exit_code, file.exists()) == (2, False)
    assert "did you mean 'virustotal'" in result.output


# The file ---------------------------------------------------------------------------------------------------------


def test_everything_else_in_the_file_stays(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(FILE)
    into_file(file, "VIRUSTOTAL_API_KEY", KEY)
    assert file.read_text() == FILE + f'VIRUSTOTAL_API_KEY = "{KEY}"\n'
    into_file(file, "SHODAN_API_KEY", "new")
    assert 'SHODAN_API_KEY = "new"  # Ann\'s' in file.read_text()


@pytest.mark.parametrize("broken", ["timeout = = 3\n", "keys = 3\n", "\x00"])
def test_a_broken_file_is_left_as_it_is(file: Path, broken: str) -> None:
    file.parent.mkdir()
    file.write_text(broken)
    with pytest.raises(ConfigurationError, match="left as it is"):
        into_file(file, "VIRUSTOTAL_API_KEY", KEY)
    assert file.read_text() == broken


def test_the_file_behind_a_link_is_written(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    behind = tmp_path / "dotfiles.toml"
    behind.write_text(FILE)
    file.symlink_to(behind)
    into_file(file, "VIRUSTOTAL_API_KEY", KEY)
    assert file.is_symlink()
    assert KEY in behind.read_text()


def test_a_folder_that_cannot_be_written(file: Path) -> None:
    file.parent.write_text("a file where the folder should be")
    with pytest.raises(ConfigurationError, match=r"cannot be (read|written)"):
        into_file(file, "VIRUSTOTAL_API_KEY", KEY)


# The keyring ------------------------------------------------------------------------------------------------------


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory; there is none of the system's where tests run."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(self.kept) > 3:
            raise keyring.errors.PasswordSetError
        self.kept[service, username] = password


@pytest.fixture
def ring() -> Any:
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_keyring_keeps_a_key_and_gives_it(file: Path, ring: Ring) -> None:
    assert "kept in the keyring" in run("virustotal", "--keyring", typed=KEY + "\n").output
    assert ring.kept == {("ioclib", "VIRUSTOTAL_API_KEY"): KEY}
    assert KEY not in file.read_text()
    settings = config.load(NAMES)
    assert settings.keys["VIRUSTOTAL_API_KEY"].reveal() == KEY
    assert KEY in list(settings.secrets())


def test_the_environment_goes_before_the_keyring(file: Path, ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOCLIB_KEYRING", "true")
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", "of-the-environment")
    ring.set_password("ioclib", "VIRUSTOTAL_API_KEY", KEY)
    assert config.load(NAMES).keys["VIRUSTOTAL_API_KEY"].reveal() == "of-the-environment"


def test_a_keyring_that_takes_nothing(file: Path, ring: Ring) -> None:
    ring.kept = {("x", str(number)): "" for number in range(4)}
    result = run("virustotal", "--keyring", typed=KEY + "\n")
    assert result.exit_code == 2
    assert "the keyring takes no key: PasswordSetError" in result.output


def test_without_the_package(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOCLIB_KEYRING", "true")
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'ioclib\[keyring\]'"):
        Client()


# A command --------------------------------------------------------------------------------------------------------


def command(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"[key_commands]\nVIRUSTOTAL_API_KEY = '''{text}'''\n")
    file.chmod(0o600)


def test_a_command_prints_a_key(file: Path) -> None:
    command(file, f"{sys.executable} -c \"print('{KEY}')\"")
    settings = config.load(NAMES)
    assert settings.keys["VIRUSTOTAL_API_KEY"].reveal() == KEY
    assert KEY in list(settings.secrets())
    assert KEY not in repr(settings)


def test_no_shell_reads_it(file: Path, tmp_path: Path) -> None:
    command(file, f"{sys.executable} -c \"print('a-key')\" ; touch {tmp_path}/ran")
    assert config.load(NAMES).keys["VIRUSTOTAL_API_KEY"].reveal() == "a-key"
    assert not (tmp_path / "ran").exists()


def test_it_is_not_run_where_the_key_is_set_otherwise(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(file, "/does/not/exist")
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", KEY)
    assert config.load(NAMES).keys["VIRUSTOTAL_API_KEY"].reveal() == KEY
    monkeypatch.delenv("VIRUSTOTAL_API_KEY")
    assert Client(sandbox=True).sources(), "the sandbox reads nothing"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/does/not/exist", "it cannot be run"),
        ("", "it cannot be run"),
        ('"unbalanced', "it cannot be run"),
        (f"{sys.executable} -c \"print('the-key-itself'); raise SystemExit(3)\"", "it fails"),
        (f'{sys.executable} -c "print()"', "it prints nothing"),
        (f'{sys.executable} -c "import time; time.sleep(9)"', "it takes longer"),
    ],
)
def test_a_command_that_gives_none(file: Path, text: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioclib.keys._PATIENCE", 0.5)
    command(file, text)
    with pytest.raises(ConfigurationError, match=f"key_commands.VIRUSTOTAL_API_KEY gives no key: {says}") as caught:
        config.load(NAMES)
    assert "the-key-itself" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_command_for_nobody(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[key_commands]\nVIRUSTOTTAL_API_KEY = "x"\n')
    with pytest.raises(ConfigurationError, match="VIRUSTOTTAL_API_KEY belongs to no source"):
        config.load(NAMES)
