"""Pages of the docs that are made from the code and the labelled cases; `tests.test_docs` writes and checks them."""

import dataclasses
import inspect
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_type_hints

import msgspec

from ioclib import verdict
from ioclib.report import AnswerEntry, ErrorDetail, IndicatorEntry, ReasonDetail, RelatedEntry, Report, schema
from ioclib.verdict import Coverage, Grounds, Missing, Overall, Weights
from tests.verdicts import Case, cases, confusion

_PARTS = (
    ("The report", Report),
    ("An indicator: `indicators[]`", IndicatorEntry),
    ("The overall verdict: `indicators[].overall`", Overall),
    ("What was weighed: `overall.reasons[]` and `overall.against[]`", Grounds),
    ("Coverage: `overall.coverage`", Coverage),
    ("Who did not answer: `coverage.missing[]`", Missing),
    ("An answer: `indicators[].answers[]`", AnswerEntry),
    ("Related indicators: `answers[].related[]`", RelatedEntry),
    ("Why a source failed: `answers[].error`", ErrorDetail),
    ("Why a source was skipped: `answers[].reason`", ReasonDetail),
)

_REPORT = """\
# The report

Made from the classes in `src/ioclib/report.py` and `src/ioclib/verdict.py`. One JSON document, in UTF-8; times are
ISO 8601 in UTC. Its JSON Schema (2020-12) comes with the package:

```python
importlib.resources.files("ioclib").joinpath("report.schema.json").read_text()
```

**The promise.** This is schema 1, and it is frozen: no field is removed, renamed or given another meaning, and no value
loses its meaning. Fields may be added, and words to the fields that hold one of a few; who reads a report has to pass
over what it does not know. Anything else would be schema 2, which would be written only when it is asked for, for at
least a year. The same answers make the same bytes, apart from `started`, `elapsed` and `age`.
"""

_VERDICT_BEFORE = """\
# The overall verdict

Made from `src/ioclib/verdict.py` and the labelled cases in `tests/verdicts/`.

{rule}

`overall.reasons` lists what decided, with its weight, the source's own words and numbers, and its page;
`overall.against` what spoke against; `overall.coverage` who answered and who did not. What a source's opinion rests on
is said in its file, and in [the list of sources](sources.md). `ioclib report FILE.json` makes the verdicts of a saved
report anew from its answers, as of when it was started.

## Weights

| weight | is | what it is |
| --- | --- | --- |"""

_VERDICT_AFTER = """
They can be set in the config file, as can lists of your own. A line of a list is a value, a name with all that is below
it, or a network; a link is on the allow list only if it stands there itself:

```toml
[verdict]
allow = ["/etc/ioclib/partners.txt"]
deny = ["/etc/ioclib/blocked.txt"]
weights = { community = 1.2, address_days = 30 }
```

## How well it does

Each case was labelled, with its reason, without sight of the rule; those of the first two parts before there were any
weights. The second part was held out, and 58 of its 60 cases were called as labelled when the rule was first done. The
third was labelled after that, as strictly as could be, and only 64 of its 80 were: what it taught changed the rule
(what is rented, popular or a customer's is not excused as a service is; what sandboxes saw beside a file is no opinion
of it), and five of its labels were withdrawn by who had given them. The fourth was labelled after that: 67 of its 70
were called as labelled at first; one label was withdrawn, and two small rules came of it (two who looked at a known
file and object; one report about a popular name). Marks that sources give since the third part (`popular`, `rented`)
were added to the answers of the first two.
"""


def attributes(kind: type) -> dict[str, str]:
    """What a class's docstring says of each of its fields."""
    text = inspect.getdoc(kind) or ""
    listed = text.partition("Attributes:\n")[2]
    found: dict[str, str] = {}
    for line in listed.splitlines():
        if field := re.match(r"    (\w+): (.*)", line):
            found[field[1]] = field[2]
        elif found and line.strip():
            name = next(reversed(found))
            found[name] += " " + line.strip()
    return {name: said.replace("``", "`") for name, said in found.items()}


def schema_file() -> str:
    """The JSON Schema of a report, as it is published with the package."""
    return json.dumps(schema(), indent=1, sort_keys=True) + "\n"


def report_page() -> str:
    """The report, field by field."""
    return "\n".join(
        [
            _REPORT,
            *(line for title, kind in _PARTS for line in _section(title, kind)),
        ]
    )


def _section(title: str, kind: type) -> Iterator[str]:
    said = attributes(kind)
    yield from (f"## {title}", "", "| field | type | what it is |", "| --- | --- | --- |")
    for field in dataclasses.fields(kind):
        yield f"| `{field.name}` | {_type_of(kind, field.name)} | {said[field.name]} |"
    yield ""


def _type_of(kind: type, field: str) -> str:
    """The type as JSON has it."""
    (made,), components = msgspec.json.schema_components([get_type_hints(kind)[field]], ref_template="{name}")
    return _shown(made, components)


def _shown(made: dict[str, Any], components: dict[str, Any]) -> str:
    if "$ref" in made:
        named = components[made["$ref"]]
        return _words(named["enum"]) if "enum" in named else "object"
    if "anyOf" in made:
        return " or ".join(_shown(one, components) for one in made["anyOf"])
    if "enum" in made:
        return _words(made["enum"])
    if "const" in made:
        return f"`{made['const']}`"
    if made.get("type") == "array":
        return f"list of {_shown(made['items'], components)}s"
    return f"{made.get('format', made.get('type', 'anything'))}".replace("date-time", "time")


def _words(words: Iterable[Any]) -> str:
    return ", ".join(f"`{word}`" for word in words if word is not None)


def verdict_page() -> str:
    """How overall verdicts are made, and how often they are what an analyst says."""
    return "\n".join(
        [
            _VERDICT_BEFORE.format(rule=_rule()),
            *(f"| `{name}` | {getattr(Weights(), name):g} | {said} |" for name, said in attributes(Weights).items()),
            _VERDICT_AFTER,
            *_measured("The labelled cases", cases("cases")),
            *_measured("Those that were held out", cases("held_out")),
            *_measured("Those that were labelled against the rule", cases("second")),
            *_measured("Those that were labelled last", cases("third")),
        ]
    )


def _rule() -> str:
    """The module's own words."""
    text = (inspect.getdoc(verdict) or "").partition("In plain words: ")[2].strip()
    return text[0].upper() + text[1:]


def _measured(title: str, known: tuple[Case, ...]) -> Iterator[str]:
    found = [(one, str(one.overall().verdict)) for one in known]
    right = sum(one.label == called for one, called in found)
    yield from (f"### {title}", "", f"{right} of {len(found)} as labelled ({100 * right / len(found):.1f} %).", "")
    yield from (confusion((one.label, called) for one, called in found), "")
    for one, called in found:
        if one.label != called:
            yield f"* `{one.name}`: labelled {one.label}, called {called}. {one.why}"
    yield ""
