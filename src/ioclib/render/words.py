"""What an answer says to people, in words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from ioclib.extract import defang
from ioclib.report import AnswerEntry

_LONGEST = 300

# Letters and marks that look like nothing: joiners, fillers and the selectors of variants, which can hide whole texts
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")

_OUTCOMES = {"found": "known", "not_found": "not known", "failed": "failed", "skipped": "skipped"}


def people(text: str, *, keep: str = "") -> str:
    """Somebody's text for people to read: one line, nothing to click on, nothing that a terminal obeys.

    Args:
        text: any text.
        keep: a host whose links stay as they are.
    """
    return defang(printable(text), keep=keep)


def printable(text: str) -> str:
    """Somebody's text on one line, without what a terminal obeys; for names that must stay as they are."""
    shown = " ".join(visible(text[: 4 * _LONGEST]).split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def visible(text: str) -> str:
    """A text with a space for whatever a terminal obeys, a reader does not see, or breaks a line."""
    if text.isascii() and text.isprintable():
        return text
    # Cc: controls; Cf: direction marks and the invisible; Cs, Co, Cn: nothing to be shown
    return _UNSEEN.sub(" ", "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text))


def word(answer: AnswerEntry) -> str:
    """The answer in a word: its verdict, or what became of it."""
    if answer.verdict and answer.verdict != "unknown":
        return answer.verdict
    return _OUTCOMES[answer.outcome]


def details(answer: AnswerEntry, page: str = "", *, ours: bool = False) -> str:
    """What is behind the word.

    Args:
        answer: one source's answer.
        page: the source's page, if it may be linked: links to its host stay as they are.
        ours: whether reasons are our own words, of this run: then the page where a key is to be had may be clicked.
    """
    known = people(answer.summary or "", keep=urlsplit(page).hostname or "")
    if answer.outcome in {"failed", "skipped"}:
        return _why(answer, ours=ours)
    if answer.age is None:
        return known
    instead = f", since {_why(answer, ours=ours)}" if answer.error or answer.reason else ""
    return f"{known} (answer of {ago(answer.age)} ago{instead})".lstrip()


def _why(answer: AnswerEntry, *, ours: bool) -> str:
    """Why there is no answer of today."""
    if answer.error:
        retry = f"; again at {answer.error.retry_at:%Y-%m-%d %H:%M:%S} UTC" if answer.error.retry_at else ""
        return people(f"{answer.error.kind}: {answer.error.message}") + retry
    tell = printable if ours else people
    return tell(f"{answer.reason.kind}: {answer.reason.message}") if answer.reason else ""


def ago(seconds: float) -> str:
    """A time in the largest unit of which it has two."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def summed_up(answers: Iterable[AnswerEntry]) -> str:
    """How many lookups were answered, and what came of all."""
    answers = list(answers)
    counts = Counter(map(word, answers))
    asked = len(answers) - counts["skipped"]
    answered = asked - counts["failed"]
    if not answers:
        return "nobody was asked"
    order = ("malicious", "suspicious", "benign", "known", "not known", "failed", "skipped")
    return f"{answered} of {asked} lookups answered: " + ", ".join(
        f"{counts[one]} {one}" for one in order if counts[one]
    )
