"""A source to begin with: a file and its samples, which conform as they are."""

from pathlib import Path

from ioclib.plugins import NAME
from ioclib.registry import all_sources

_SOURCE = '''"""Acme: what it is, and where it is documented. https://docs.acme.example/api (read YYYY-MM)

Verdict: what makes it malicious, what suspicious; silence is unknown, never benign.
"""

from ioclib.indicators import Domain, IPv4
from ioclib.source import Absent, Exposure, Finding, Key, Limit, Payload, Request, Source, Verdict, facts, url

SUSPICIOUS, MALICIOUS = 25, 75  # of 100


class Answer(Payload):  # only the fields that are read, spelt as the service spells them
    score: int
    reports: int
    labels: list[str] = []  # may be missing


def request(ioc: Domain | IPv4) -> Request:  # this annotation is the types that the source takes
    return Request.get("/v1", ioc.kind, ioc)  # each becomes one quoted segment; parameters are given by name


def read(answer: Answer) -> Finding | None:
    if not answer.reports:
        return None  # it does not know the indicator
    return Finding(
        verdict=Verdict.of(answer.score, suspicious=SUSPICIOUS, malicious=MALICIOUS),
        summary=facts(f"{answer.reports} reports", f"score {answer.score} of 100"),
        tags=tuple(answer.labels),
    )


def link(ioc: Domain | IPv4) -> str:  # a page for people; it is never fetched
    return url("https://acme.example/indicator", ioc)


SOURCE: Source[Domain | IPv4, Answer] = Source(
    name="acme",
    about="One sentence for people.",
    base="https://api.acme.example",
    key=Key("ACME_API_KEY", header="X-API-Key", get="https://acme.example/account"),  # or None
    limits=(Limit(60, per="minute"),),  # () says that none are known
    exposure=Exposure.VENDOR,  # who learns of the indicator: NONE, VENDOR, PUBLIC or TARGET
    absent=Absent.status(404, says="not known"),  # how it says that it does not know it; or Absent.never
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
'''

_FOUND = """{
  "ask": "203.0.113.9",
  "answers": [{"status": 200, "body": {"score": 90, "reports": 7, "labels": ["scanner"]}}],
  "expect": {
    "outcome": "found",
    "verdict": "malicious",
    "summary": "7 reports, score 90 of 100",
    "tags": ["scanner"]
  }
}
"""
_ABSENT = """{
  "ask": "nobody.example",
  "answers": [{"status": 404, "body": {"error": "not known"}}],
  "expect": {"outcome": "not_found"}
}
"""
_DENIED = """{
  "ask": "203.0.113.9",
  "answers": [{"status": 401, "body": {"error": "wrong key"}}],
  "expect": {"outcome": "failed", "error": "unauthorized"}
}
"""
_LIMITED = """{
  "ask": "203.0.113.9",
  "answers": [{"status": 429, "headers": {"retry-after": "30"}, "body": {"error": "slow down"}}],
  "expect": {"outcome": "failed", "error": "rate_limited"}
}
"""
_MALFORMED = """{
  "ask": "203.0.113.9",
  "answers": [{"status": 200, "body": {"reports": 7}}],
  "expect": {"outcome": "failed", "error": "unexpected_answer"}
}
"""

_SAMPLES = {"found": _FOUND, "absent": _ABSENT, "denied": _DENIED, "limited": _LIMITED, "malformed": _MALFORMED}


def write(name: str, folder: Path) -> tuple[Path, ...]:
    """Writes the file of a new source, and its samples in ``samples/NAME`` beside it, for the user alone.

    Returns:
        What was written, the source first.

    Raises:
        ValueError: a source cannot have this name.
        FileExistsError: there is such a file; nothing was written.
        OSError: it cannot be written.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a source: small letters, digits and underscores, a letter first")
    if name in all_sources():
        raise ValueError(f"{name} comes with ioclib")
    file, samples = folder / f"{name}.py", folder / "samples" / name
    texts = {file: _SOURCE, **{samples / f"{case}.json": text for case, text in _SAMPLES.items()}}
    if there := next((path for path in texts if path.exists()), None):
        raise FileExistsError(f"{there} is there already")
    for place in (folder, samples.parent, samples):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, text in texts.items():
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(_named(text, name), encoding="utf-8")
    return tuple(texts)


def _named(text: str, name: str) -> str:
    host = name.replace("_", "-").strip("-")
    words = {"Acme:": f"{name}:", "acme.example": f"{host}.example", '"acme"': f'"{name}"', "ACME": name.upper()}
    for word, mine in words.items():
        text = text.replace(word, mine)
    return text
