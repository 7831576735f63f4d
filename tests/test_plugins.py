"""Sources from elsewhere: found, refused, broken, and never in anybody's way."""

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ioclib import Client, ConfigurationError, cli, client, config, plugins, registry
from ioclib.registry import Known
from tests.doubles import Scripted, json_response

FEED = '''
"""A feed of one's own. https://feed.corp.example/docs (read 2026-11)"""
from ioclib.indicators import IPv4
from ioclib.source import Absent, Exposure, Finding, Key, Payload, Request, Source, Verdict, url

class Entry(Payload):
    score: int

def request(ip: IPv4) -> Request:
    return Request.get("/ip", ip)

def read(entry: Entry) -> Finding:
    return Finding(verdict=Verdict.of(entry.score, suspicious=1, malicious=5), summary=f"score {entry.score}")

def link(ip: IPv4) -> str:
    return url("https://feed.corp.example/ip", ip)

SOURCE: Source[IPv4, Entry] = Source(
    name="NAME", about="A feed.", base="https://feed.corp.example/api", key=None, limits=(),
    exposure=Exposure.VENDOR, absent=Absent.never, request=request, payload=Entry, read=read, link=link,
)
'''
ADDRESS = "8.8.8.8"


def feed(stem: str, **changes: str) -> str:
    """The code of a source, of whose manifest any part can be changed."""
    code = FEED.replace("NAME", stem)
    for part, value in changes.items():
        before = {"key": "key=None", "base": 'base="https://feed.corp.example/api"', "name": f'name="{stem}"'}
        code = code.replace(before.get(part, part), f"{part}={value}")
    return code


KEYED = 'Key("{}", header="X-Key", get="https://feed.corp.example/key")'

Put = Callable[[str, str], Path]


@pytest.fixture
def put() -> Put:
    """Writes a file into the folder of the user's own sources."""

    def write(stem: str, code: str) -> Path:
        folder = config.sources_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / f"{stem}.py"
        file.write_text(textwrap.dedent(code))
        file.chmod(0o600)
        return file

    return write


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], Path]]:
    """Installs a package of one module with an entry point."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.in_packages.cache_clear()

    def install(package: str, point: str, code: str) -> Path:
        module = package.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        metadata = tmp_path / f"{module}-1.2.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (metadata / "entry_points.txt").write_text(f"[ioclib.sources]\n{point}\n")
        plugins.in_packages.cache_clear()
        return metadata

    yield install
    plugins.in_packages.cache_clear()
    for name in set(sys.modules) - before:
        if not name.startswith("ioclib."):
            del sys.modules[name]


def known(*allowed: str) -> Known:
    return registry.with_plugins(config.sources_folder(), allowed)


def errors(*allowed: str) -> dict[str, str]:
    return {one.name: one.error for one in known(*allowed).broken}


def added(*allowed: str) -> set[str]:
    return set(known(*allowed).origins)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments)


# What is found


async def test_a_file_is_a_source_like_any_other(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put("feed", feed("feed"))
    transport = Scripted(lambda _: json_response(b'{"score": 7}'))
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    async with Client(sources=["feed"]) as one:
        report = await one.lookup(ADDRESS)
        entry = next(entry for entry in one.sources() if entry.name == "feed")
    assert [(answer.source, answer.verdict) for answer in report.answers] == [("feed", "malicious")]
    assert [sent.url for sent in transport.sent] == [f"https://feed.corp.example/api/ip/{ADDRESS}"]
    assert (entry.state, entry.origin, entry.types) == ("ready", str(file), ("ipv4",))


@pytest.mark.parametrize("object_", ["", ":SOURCE", ":BOTH"])
def test_a_package_is_found_by_its_entry_point(site: Any, object_: str) -> None:
    site("acme-feeds", f"acme = acme_feeds{object_}", feed("acme") + "BOTH = (SOURCE,)\n")
    assert known().origins == {"acme": "acme-feeds 1.2"}
    assert not known().broken


def test_one_file_holds_several_sources(put: Put) -> None:
    put("feed", feed("feed") + "import dataclasses\nSOURCES = [SOURCE, dataclasses.replace(SOURCE, name='feed_two')]\n")
    assert added() == {"feed", "feed_two"}


def test_what_is_no_plugin_is_passed_over(put: Put) -> None:
    put("_shared", "raise SystemExit")
    folder = put("feed", feed("feed")).parent
    (folder / "notes.txt").write_text("x")
    (folder / "samples").mkdir()
    assert added() == {"feed"}
    assert not errors()


def test_a_file_runs_once_and_again_when_it_has_changed(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    put("feed", "print('ran')\n" + feed("feed"))
    first, again = known().sources["feed"], known().sources["feed"]
    assert first is again
    assert capsys.readouterr() == ("", "ran\n")
    put("feed", "print('ran anew')\n" + feed("feed"))
    assert known().sources["feed"] is not first
    assert capsys.readouterr() == ("", "ran anew\n"), "what it prints is not in anybody's report"


def test_nothing_is_written_beside_it(put: Put) -> None:
    folder = put("feed", feed("feed")).parent
    assert added() == {"feed"}
    assert [path.name for path in folder.iterdir()] == ["feed.py"]


def test_without_plugins_none_is_looked_for(put: Put, site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put("feed", "print('ran')\n" + feed("feed"))
    site("acme-feeds", "acme = acme_feeds", feed("acme"))
    monkeypatch.setattr(registry, "with_plugins", None)
    for one in (Client(plugins=False), Client(sandbox=True)):
        assert {entry.origin for entry in one.sources()} == {"ioclib"}
    monkeypatch.setenv("IOCLIB_PLUGINS__ENABLED", "false")
    assert {entry.origin for entry in Client().sources()} == {"ioclib"}
    with pytest.raises(ConfigurationError, match="no source 'acme'; plugins are off"):
        Client(sources=["acme"], plugins=False)


def test_the_option_of_the_command_line(put: Put) -> None:
    put("feed", feed("feed"))
    for command in (["sources", "--json"], ["plan", ADDRESS, "--json"]):
        assert '"feed"' in run(*command).stdout
        assert '"feed"' not in run(*command, "--no-plugins").stdout
    assert run("check", ADDRESS, "--no-plugins", "--source", "feed").exit_code == 2


def test_the_working_directory_is_nobodys(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site("acme-feeds", "acme = acme_feeds", feed("acme")).parent)
    plugins.in_packages.cache_clear()
    assert not added()


# What is broken, and disturbs nothing

BROKEN = {
    "import elsewhere_entirely": "line 1: ModuleNotFoundError: No module named 'elsewhere_entirely'",
    "x = 1\nraise SystemExit(3)": "line 2: SystemExit: 3",
    "class Own(BaseException): pass\nraise Own('mine')": "line 2: ioclib_plugin_feed.Own: mine",
    "def f(:": "line 1: SyntaxError: invalid syntax",
    "x = '\0'": "null bytes",
    "def f(): f()\nf()": "line 1: RecursionError: maximum recursion depth exceeded",
    "class Bad(Exception):\n    def __str__(self): 1/0\nraise Bad": "Bad: <exception str() failed>",
    "raise ValueError('a\\nb\\x1b[31m' + 'x' * 9999)": "line 1: ValueError: a b [31mxxx",
    "": "it has neither a SOURCE nor SOURCES",
    "SOURCES = ()": "it has neither a SOURCE nor SOURCES",
    "SOURCE = None": "it has neither a SOURCE nor SOURCES",
    "SOURCES = 5": "int is no Source, SteppedSource or ListSource",
    "SOURCES = [object()]": "object is no Source, SteppedSource or ListSource",
    "import ioclib\nioclib.Client(sources=['feed'])": "the plugin 'feed' is broken; `ioclib sources` says why",
    feed("feed") + "SOURCES = (SOURCE, SOURCE)": "it has two sources of one name",
    feed("feed", name='"other"'): "other is not called feed, nor does its name begin with feed_",
    feed("feed", name='"feed_/../x"'): "'feed_/../x' is no name",
    feed("feed", name="5"): "its name is of another type than it should be",
    feed("feed", key='"secret"'): "its key is of another type than it should be",
    feed("feed", key="Key(5, header='X', get='https://a.example')"): "its key is of another type than it should be",
    feed("feed", key="Key('FEED_API_KEY', get='https://a.example')"): "in one of them",
    feed("feed").replace("limits=()", "limits=(5,)"): "its limits is of another type than it should be",
    feed("feed").replace("limits=()", "limits=(), timeout=0"): "a timeout, a concurrency or a number of requests",
    feed("feed").replace("read=read", "read=5"): "its read is no function",
    feed("feed").replace("request(ip: IPv4)", "request(ip: int)"): "<class 'int'>, which is no indicator type",
    feed("feed").replace("request(ip: IPv4)", "request(ip: 'Nobody')"): "NameError: name 'Nobody' is not defined",
    feed("feed", base='"http://feed.corp.example"'): "neither https nor dns nor a package nor on this machine",
    feed("feed", base='"https://user:pass@feed.corp.example"'): "not just scheme, host and path",
    feed("feed", base='"https://feed.corp.example/"'): "not just scheme, host and path",
    feed("feed", base='"https://[oops"'): "ValueError: Invalid IPv6 URL",
}


@pytest.mark.parametrize(("code", "error"), BROKEN.items(), ids=range(len(BROKEN)))
def test_what_cannot_be_imported_is_broken(put: Put, code: str, error: str) -> None:
    put("feed", code)
    put("good", feed("good"))
    assert error in errors()["feed"]
    assert len(errors()["feed"]) <= 300
    assert added() == {"good"}


def test_a_broken_one_is_listed_with_its_error_and_everything_else_works(put: Put) -> None:
    file = put("feed", "print('noise')\nraise ValueError('\x1b[31m\\u202eoops')")
    listed = json.loads(run("sources", "--json").stdout)["sources"]
    (broken,) = [one for one in listed if one["state"] == "broken"]
    assert (broken["name"], broken["origin"], broken["types"]) == ("feed", str(file), [])
    assert broken["note"].startswith("line 2: ValueError")
    assert "\u202e" not in run("sources", "--json").stdout
    shown = run("sources").stdout
    assert "broken: line 2: ValueError" in " ".join(shown.split()) or "broken" in shown
    assert "\x1b[31m" not in shown
    assert run("plan", ADDRESS, "--json").exit_code == 0
    refused = run("check", ADDRESS, "--source", "feed")
    assert refused.exit_code == 2
    assert "the plugin 'feed' is broken" in refused.stderr


def test_the_settings_of_a_broken_one_or_of_one_that_is_off_are_no_mistake(put: Put, own_world: Path) -> None:
    folder = put("feed", "oops(").parent.parent
    (folder / "config.toml").write_text('[keys]\nFEED_API_KEY = "a-key"\n[sources.feed]\ntimeout = 3\n')
    (folder / "config.toml").chmod(0o600)
    for options in ({}, {"plugins": False}):
        assert Client(**options).sources()  # type: ignore[arg-type]
    put("feed", feed("feed"))
    with pytest.raises(ConfigurationError, match=r"keys\.FEED_API_KEY belongs to no source"):
        Client()
    put("feed", feed("feed", key=KEYED.format("FEED_API_KEY")))
    assert next(one for one in Client().sources() if one.name == "feed").state == "ready"


def test_an_error_shows_no_key(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", "a-recognisable-key")
    put("feed", "import os\nraise ValueError(os.environ['VIRUSTOTAL_API_KEY'])")
    assert "a-recognisable-key" in errors()["feed"]
    for command in (["sources", "--json"], ["sources"], ["check", ADDRESS, "--source", "feed"]):
        assert "recognisable" not in run(*command).output


def test_control_c_is_the_users(put: Put) -> None:
    put("feed", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        known()


def test_a_link_that_fails_costs_the_link(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    code = feed("feed").replace('return url("https://feed.corp.example/ip", ip)', "return 1 / 0")
    put("feed", code)
    transport = Scripted(lambda _: json_response(b'{"score": 7}'))
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    (answer,) = client.lookup(ADDRESS, sources=["feed"]).answers
    assert (answer.outcome, answer.link) == ("found", "")


def test_a_package_that_is_damaged_is_broken(site: Any) -> None:
    metadata = site("acme-feeds", "acme = acme_feeds:NOTHING", feed("acme"))
    assert "AttributeError" in errors()["acme"]
    (metadata / "entry_points.txt").write_text("[ioclib.sources]\nno equals sign\n")
    plugins.in_packages.cache_clear()
    assert not added()


# What belongs to somebody else


def test_a_built_ins_name_is_not_taken(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    put("virustotal", "print('ran')\n" + feed("virustotal"))
    assert errors()["virustotal"] == 'virustotal comes with ioclib; only taken if plugins.allow = ["virustotal"]'
    assert capsys.readouterr() == ("", ""), "its code is not even run"
    assert "virustotal" not in known().origins
    assert known("virustotal").sources["virustotal"].about == "A feed."


def test_the_config_allows_it_by_name(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put("virustotal", feed("virustotal", key=KEYED.format("VIRUSTOTAL_API_KEY")))
    monkeypatch.setenv("IOCLIB_PLUGINS__ALLOW", "other,virustotal")
    (entry,) = [one for one in Client().sources() if one.name == "virustotal"]
    assert entry.origin.endswith("virustotal.py")


@pytest.mark.parametrize("variable", ["VIRUSTOTAL_API_KEY", "virustotal_api_key", "VT_API_KEY"])
def test_a_key_of_another_source_is_not_taken(put: Put, variable: str) -> None:
    put("feed", feed("feed", key=KEYED.format(variable)))
    put(
        "other",
        feed("other", key=KEYED.format("OTHER_API_KEY").replace(", header", f", aliases=('{variable}',), header")),
    )
    assert errors().keys() == {"feed", "other"}
    assert "is the key of virustotal" in errors()["feed"]
    assert added("feed") == {"feed"}
    assert added("virustotal") == set()


def test_the_first_of_two_files_keeps_its_key(put: Put) -> None:
    put("one", feed("one", key=KEYED.format("SHARED_API_KEY")))
    put("two", feed("two", key=KEYED.format("SHARED_API_KEY")))
    assert added() == {"one"}
    assert errors() == {"two": 'SHARED_API_KEY is the key of one; only taken if plugins.allow = ["two"]'}
    assert added("two") == {"one", "two"}


def test_two_sources_of_a_file_share_their_key(put: Put) -> None:
    code = feed("feed", key=KEYED.format("FEED_API_KEY"))
    put("feed", code + "import dataclasses\nSOURCES = (SOURCE, dataclasses.replace(SOURCE, name='feed_two'))")
    assert added() == {"feed", "feed_two"}


def test_a_file_comes_before_a_package(put: Put, site: Any) -> None:
    file = put("acme", feed("acme"))
    site("acme-feeds", "acme = acme_feeds", feed("acme"))
    assert known().origins == {"acme": str(file)}
    assert [(one.origin, one.error) for one in known().broken] == [("acme-feeds 1.2", "there is a plugin acme already")]


def test_of_two_that_are_allowed_a_built_ins_name_the_file_has_it(put: Put, site: Any) -> None:
    file = put("virustotal", feed("virustotal"))
    site("acme-feeds", "virustotal = acme_feeds", feed("virustotal"))
    assert known("virustotal").origins == {"virustotal": str(file)}


@pytest.mark.parametrize("second", ["acme", "other"])
def test_of_two_packages_that_want_the_same_none_has_it(site: Any, second: str) -> None:
    key = KEYED.format("ACME_API_KEY")
    site("one-feeds", "acme = one_feeds", feed("acme", key=key))
    site("two-feeds", f"{second} = two_feeds", feed(second, key=key))
    site("three-feeds", "three = three_feeds", feed("three"))
    assert added() == {"three"}
    shared = {"acme": "ACME_API_KEY", "other": "ACME_API_KEY"}[second]
    assert {one.error for one in known().broken} == {f"two packages have {shared}"}
    assert added("other") == ({"three"} if second == "acme" else {"acme", "other", "three"})


# Whose file it is


def test_a_file_that_others_can_write_is_not_run(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    file = put("feed", "print('ran')\n" + feed("feed"))
    for mode in (0o602, 0o620, 0o666):
        file.chmod(mode)
        assert errors()["feed"] == f"{file} can be written by other users: chmod go-w {file}"
    assert capsys.readouterr() == ("", "")
    file.chmod(0o644)
    assert added() == {"feed"}


def test_a_folder_that_others_can_write_has_no_plugins(put: Put) -> None:
    folder = put("feed", feed("feed")).parent
    folder.chmod(0o777)
    assert errors()["feed"] == f"{folder} can be written by other users: chmod go-w {folder}"
    folder.chmod(0o1777)
    assert not added()
    folder.chmod(0o755)
    assert added() == {"feed"}


def test_what_belongs_to_somebody_else_is_not_run(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put("feed", feed("feed")).parent
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert errors()["feed"] == f"{folder} belongs to another user"
    mine = SimpleNamespace(st_mode=folder.lstat().st_mode, st_uid=os.geteuid())
    monkeypatch.setattr(Path, "lstat", lambda path: mine if path == folder else os.lstat(path))
    assert errors()["feed"] == f"{folder / 'feed.py'} belongs to another user"


def test_links_are_not_followed(put: Put, tmp_path: Path) -> None:
    file = put("feed", feed("feed"))
    elsewhere = file.rename(tmp_path / "elsewhere.py")
    file.symlink_to(elsewhere)
    assert errors()["feed"] == "it is a link: put the file itself here"
    file.unlink()
    elsewhere.rename(file)
    folder = file.parent
    moved = folder.rename(tmp_path / "moved")
    folder.symlink_to(moved)
    assert "is a link, or something else" in errors()["feed"]


def test_what_is_no_file_is_not_opened(put: Put) -> None:
    folder = put("good", feed("good")).parent
    os.mkfifo(folder / "feed.py", 0o600)
    (folder / "other.py").mkdir()
    (folder / "gone.py").symlink_to("nowhere")
    assert errors().keys() == {"feed", "other", "gone"}
    assert added() == {"good"}


def test_a_name_that_no_source_can_have(put: Put) -> None:
    put("My-Feed", "raise SystemExit")
    assert "small letters" in errors()["My-Feed"]


def test_sources_that_is_no_folder(own_world: Path) -> None:
    place = config.sources_folder()
    place.parent.mkdir(parents=True)
    place.write_text("x")
    assert errors() == {"sources": "the folder cannot be read: NotADirectoryError"}
