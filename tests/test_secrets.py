"""No key in any output, log, error, exception or cache, whatever fails and whatever comes back."""

import base64
import json
import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ioclib import cli, client
from ioclib.errors import ConfigurationError, ServerFault, Timeout, Unreachable
from ioclib.indicators import Yara, types
from ioclib.registry import all_sources
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import Scripted
from tests.replay import samples_of

pytestmark = pytest.mark.usefixtures("unpaced")

PUBLIC = {
    "ipv4": "8.8.8.8",
    "ipv6": "2001:4860:4860::8888",
    "domain": "example.com",
    "url": "https://example.com/a?b=1",
}
ASKED = [
    kind
    for kind in types()
    if kind is not Yara  # a bare name is no indicator on the command line
    and any(kind in source.types for source in all_sources().values())
]
EVERY_TYPE = [PUBLIC.get(kind.kind, kind.examples[0]) for kind in ASKED]


def key_for(variable: str) -> str:
    return f"SECRET+{variable}/{variable[::-1]}=="


def dump(sent: WireRequest) -> str:
    return f"{sent.method} {sent.url} {dict(sent.headers)} {sent.body.decode()}"


def echo(status: int, **extra: Any) -> Callable[[WireRequest], WireResponse]:
    def answer(sent: WireRequest) -> WireResponse:
        document = {"message": dump(sent), "error": dump(sent), "detail": [dump(sent)], **extra}
        headers = {"content-type": "application/json", "retry-after": dump(sent), "x-echo": dump(sent)}
        return WireResponse(status=status, headers=headers, body=json.dumps(document).encode())

    return answer


def echo_escaped(sent: WireRequest) -> WireResponse:
    escaped = "".join(f"\\u{ord(one):04x}" for one in dump(sent))
    return WireResponse(status=200, headers={}, body=f'{{"message": "{escaped}"}}'.encode())


def echo_text(sent: WireRequest) -> WireResponse:
    return WireResponse(status=200, headers={"content-type": dump(sent)}, body=dump(sent).encode())


def echo_in_sample(sent: WireRequest) -> WireResponse:
    """What the source understands, with the key in every string of it."""
    for _, sample in samples_of(sent.source):
        recorded = sample.answers[-1]
        if sample.expect.outcome == "found" and recorded.base64 is None and recorded.text is None:
            document = _everywhere(json.loads(bytes(recorded.body)), dump(sent))
            return WireResponse(status=200, headers={}, body=json.dumps(document).encode())
    return WireResponse(status=200, headers={}, body=b"{}")


def _everywhere(value: Any, text: str) -> Any:
    match value:
        case dict():
            return {name: _everywhere(one, text) for name, one in value.items()} | {"echo": text}
        case list():
            return [_everywhere(one, text) for one in value]
        case str():
            return f"{value} {text}"
        case _:
            return value


def raising(error: type[Exception]) -> Callable[[WireRequest], WireResponse]:
    def answer(sent: WireRequest) -> WireResponse:
        raise error(dump(sent)) if error not in {Unreachable, Timeout, ServerFault} else error("it failed")

    return answer


BEHAVIOURS = {
    **{f"echo-{status}": echo(status) for status in (200, 301, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503)},
    "escaped": echo_escaped,
    "text": echo_text,
    "in-sample": echo_in_sample,
    "quota": echo(429, code="daily quota"),
    "unreachable": raising(Unreachable),
    "timeout": raising(Timeout),
    "bug": raising(RuntimeError),
}


def spellings(secret: str) -> set[str]:
    from urllib.parse import quote

    return {secret.lower(), quote(secret, safe="").lower(), base64.b64encode(secret.encode()).decode().lower()}


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    variables = sorted({one.key.variable for one in all_sources().values() if one.key})
    for variable in variables:
        monkeypatch.setenv(variable, key_for(variable))
    return [key_for(variable) for variable in variables]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_nothing_repeats_a_key(
    behaviour: str,
    secrets: list[str],
    own_world: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = Scripted(BEHAVIOURS[behaviour])
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    arguments = ["check", *EVERY_TYPE, "--active", "--timeout", "5"]
    for source in all_sources():
        arguments += ["--source", source]
        monkeypatch.setenv(f"IOCLIB_SOURCES__{source.upper()}__LIMITS", "1000/minute")  # nobody waits for a turn
    plain = CliRunner().invoke(cli.main, arguments)
    as_json = CliRunner().invoke(cli.main, [*arguments, "--json"])
    listed = CliRunner().invoke(cli.main, ["sources", "--json"])
    assert json.loads(as_json.stdout)["indicators"]
    everything = [plain.output, as_json.output, listed.output, caplog.text]
    raised = [result.exc_info for result in (plain, as_json, listed) if result.exc_info]
    everything += ["".join(traceback.format_exception(*one)) for one in raised]
    everything += [path.read_bytes().decode("latin-1") for path in own_world.rglob("*") if path.is_file()]
    sent = [value for request in transport.sent for value in (request.url, *request.headers.values())]
    for secret in secrets:
        assert any(secret in value for value in sent) or any("SECRET%2B" in value for value in sent), "it is in use"
        for text in everything:
            for spelling in spellings(secret):
                assert spelling not in text.lower()


def test_a_key_goes_to_the_host_of_its_own_base_only(secrets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib.parse import urlsplit

    transport = Scripted(echo(200))
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    client.lookup(*EVERY_TYPE, active=True)
    for sent in transport.sent:
        known = [*all_sources().values(), *(one.directory for one in all_sources().values() if one.directory)]
        source = next(one for one in known if one.name == sent.source)
        assert urlsplit(sent.url).netloc == urlsplit(source.base).netloc
        held = [secret for secret in secrets if secret in dump(sent) or secret.replace("+", "%2B") in dump(sent)]
        assert held in ([], [key_for(source.key.variable)] if source.key else [])


@pytest.mark.parametrize("bad", ["with space", "new\nline", "schlüssel", "tab\there"])
def test_an_unusable_key_is_refused_without_being_told(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", f"x{bad}x")
    with pytest.raises(ConfigurationError) as caught:
        client.Client()
    assert "VIRUSTOTAL_API_KEY" in str(caught.value)
    assert bad not in str(caught.value)


def test_settings_do_not_show_their_keys(secrets: list[str]) -> None:
    from ioclib import config

    settings = config.load({"SHODAN_API_KEY"})
    assert settings.keys["SHODAN_API_KEY"].reveal() == key_for("SHODAN_API_KEY")
    assert "SECRET" not in repr(settings)


def test_user_info_and_fragment_of_a_link_are_never_sent(secrets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Scripted(echo(200))
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    report = client.lookup("https://user:hunter22@example.com/path?q=1#token-in-fragment", active=True)
    assert report.indicators[0].value == "https://user:hunter22@example.com/path?q=1#token-in-fragment"
    assert transport.sent
    for sent in transport.sent:
        decoded = dump(sent)
        for piece in decoded.replace("?", " ").replace("/", " ").split():
            try:
                decoded += base64.urlsafe_b64decode(piece + "==").decode(errors="replace")
            except ValueError:
                continue
        assert "hunter22" not in decoded
        assert "token-in-fragment" not in decoded
    for answer in report.answers:
        assert "hunter22" not in answer.link


def test_every_type_that_is_asked_about_is_covered() -> None:
    assert {"md5", "sha1", "sha256", "ipv4", "ipv6", "domain", "url"} <= {kind.kind for kind in ASKED}
