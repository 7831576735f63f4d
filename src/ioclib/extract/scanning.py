"""Finding every indicator in a text: one pass, in time that grows with the length of the text and with nothing else.

Two ways lead to a hit. A *token* (what stands between spaces or quotes) is looked at once, whatever it holds, and
remembered. A *line* is looked at by the types that may hold spaces, if it has one of their cues. What stands around a
hit is only looked at afterwards.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, compress, count, islice
from operator import itemgetter, le

from ioclib.extract.defanging import HIDDEN, Refanged, substituted
from ioclib.extract.network import LONGEST, Hit, as_written, long_link, network_hits, parsed, word_with_ending
from ioclib.extract.surroundings import is_file, is_version, label_above
from ioclib.indicators import CIDR, URL, Domain, Email, Indicator, IPv4, IPv6, Onion, types

# What stands between two tokens: each is one character, and the space is the last of them
_BETWEEN = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\"'<>|`“”‘’„«»—" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_BETWEEN_ASCII = "".join(filter(str.isascii, _BETWEEN))
_NOTHING = (  # a word or two, perhaps with a number; a number, a time
    r"[(\[{]*+[A-Za-z_-]{1,24}+(?:(?<=_)[0-9]{1,9}+)?+[.,;:!?()\[\]{}…*]*+"
    r"|[0-9]{1,20}+(?:[.,:/-][0-9]{1,9}+){0,2}+[.,;:)]*+"
    r"|(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T)?+[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9}+)?+Z?+[.,;)]*+"
)
# A word with an ending of many files, and of no name
_FILE = (
    r"[A-Za-z_-]{1,24}+[0-9]{0,4}+\.(?:bin|dat|dll|docx?|exe|gif|html?|ini|iso|js|json|lnk|log|pdf|php|png|ps1|sys"
    r"|tmp|txt|vbs|xls[mx]?|xml)[).,;:]*+"
)
_NETWORKED = re.compile(r"[.:\[({]|[_-]dot[_-]|&#", re.IGNORECASE)  # what every link, name and address has, or had
# "HIER_DIRECT/…", "src=…": what follows is looked at; behind "md5:…" as well, if the whole is of no usual form
_KEY, _LABEL = (re.compile(rf"(?:[A-Za-z_-]{{1,30}}+|(?i:sha-?|md|ja|ipv?)\d{{1,3}}+)[{end}]") for end in ("/=", ":"))
_ENDS = frozenset(".,;:)")  # of a clause; never the end of an indicator
# What a token must have to hold anything of a type: the first of these that all of the type's examples have
_SIGNS = (
    re.compile(r"[0-9A-Fa-f]{32}"),  # hashes
    re.compile(r"[0-9A-Za-z]{25}"),  # wallets
    re.compile(r"\d{4}"),  # what is numbered
    re.compile(r"\d:[0-9A-Za-z/+]{3}"),  # what is in parts
    re.compile(r"[0-9A-Fa-f]{2}[:.-][0-9A-Fa-f]{2}"),
    re.compile(r"\d"),
)
_MARKS = ("://", "@", "")  # what is seen at once of links and of mail addresses
_FIELD = re.compile(r"[^,;]+")
_PIECE = re.compile(r"[^&=()\[\]{}]+")

_AROUND = " \"'\u201d\u2019`()"  # what a name that is told behind it may be in
_BEFORE = 48  # characters in front of a hit that may say what it is
_SHORT = 512  # characters
_REMEMBERED = 256  # characters of a token at most that is remembered
_OF_A_TOKEN = 96  # characters that it is thought to take
_FEW = 8  # of so many tokens one
_WINDOW = 2048  # characters of a line that are looked at behind a cue

# Defanging with spaces between the words: "evil [.] com", "me AT evil DOT com", "https:// evil.com"
# What there is of that in a text, by its rarest part: nothing is found more quickly than a plain one
_SIGNS_OF_SPACES = tuple(
    (rarest, re.compile(pattern))
    for rarest, pattern in (
        *((opening, rf"\{opening}(?:(?<=\x20.)|\x20)(?:\.|@|dot|at)") for opening in "[({"),
        *((closing, rf"\{closing}(?:(?<=[.@t].)\x20|(?<=[.@t]\x20.))") for closing in "])}"),
        ("(", r"\((?:arroba|punto)"),
        (" dot ", r"\x20(?:DOT|dot)\x20"),
        ("://", r":(?://\x20|(?<=\x20:)//)"),
    )
)
# What stands behind "dot", as few words do; or there is another "dot"
_SPOKEN = (
    r"(?:(?:com|org|net|info|biz|xyz|ru|cn|io|us|uk|de|dev|cc|su|pw|onion|site|online)\b"
    r"|[\w-]{1,63}\x20dot\x20[a-z]{2,6}\b)"
)
_SPACED = re.compile(
    rf"""(?<=\w)(?P<dot>\x20?[\[({{<]\x20?(?:\.|dot|DOT|punto)\x20?[\])}}>]\x20?)(?=\w)
    | (?<=\w)(?P<at>\x20?[\[({{<]\x20?(?:@|at|AT|arroba)\x20?[\])}}>]\x20?)(?=\w)
    | (?<=\w)(?P<dot_word>\x20DOT\x20|(?<!\b[Tt]he)(?<!\b[Aa])\x20dot\x20(?={_SPOKEN}))(?=\w)
    | (?<=\w)(?P<at_word>\x20AT\x20)(?=[\w.-]{{1,60}}\x20DOT\x20)
    | (?<![\w.-])[\w-]{{1,30}}[._][\w.-]{{1,30}}(?P<at_of_mailbox>\x20at\x20)(?=[\w.-]{{1,60}}\x20dot\x20{_SPOKEN})
    | (?<=ttp://|tps://)(?P<gap>\x20)(?=[\w-]{{1,63}}\.\w) | (?<=ttp|tps)(?P<gap_before>\x20)(?=://\w)""",
    re.VERBOSE,
)
_CLOSED_UP = {
    "dot": "[.]", "dot_word": "[.]", "at": "[@]", "at_word": "[@]", "at_of_mailbox": "[@]", "gap": "", "gap_before": "",
}  # fmt: skip

_START, _END = itemgetter(0), itemgetter(1)
_NETWORK = frozenset[type[Indicator]]({URL, Email, Domain, Onion, IPv4, IPv6, CIDR})


_Forms = tuple[Callable[..., re.Match[str] | None], Sequence[tuple[Callable[[str], Indicator | None] | None, bool]]]
"""What matches usual forms; and by the last group that matched what makes the indicator, and whether it is doubtful."""


class _Types:
    """The types that are looked for, sorted by how they are found."""

    def __init__(self, kinds: frozenset[type[Indicator]] | None) -> None:
        chosen = [kind for kind in ranked() if kinds is None or kind in kinds]
        in_tokens = [kind for kind in chosen if kind not in _NETWORK and not kind.cues]
        usual = sorted((kind for kind in chosen if kind.usual), key=_effort)
        self.rank = {kind: rank for rank, kind in enumerate(chosen)}
        self.network = bool(_NETWORK.intersection(chosen))
        self.in_tokens = [(sign, [kind for kind in in_tokens if _sign_of(kind) is sign]) for sign in _SIGNS]
        self.in_lines = [(kind, _finders(kind.cues)) for kind in chosen if kind not in _NETWORK and kind.cues]
        cues = sorted({cue for kind, _ in self.in_lines for cue in kind.cues})
        self.any_cue = re.compile("|".join(map(re.escape, cues)) or r"(?!)")
        self.said_alike = {kind: alike for kind in usual if (alike := _said_alike(kind, chosen))}
        self.doubtful = frozenset({IPv4, *self.said_alike})
        links, mails, others = ([kind for kind in usual if _mark_of(kind) == mark] for mark in _MARKS)
        self.usual = (self._forms(links), self._forms(mails), self._forms(others, _NOTHING, _FILE))

    def _forms(self, kinds: list[type[Indicator]], word: str = "(?!)", file: str = "(?!)") -> "_Forms":
        """What finds the usual forms of these types, and what holds nothing: words first, files last."""
        forms = (word, *(kind.usual.pattern for kind in kinds if kind.usual), file)
        pattern = re.compile("|".join(f"(?:{form})()" for form in forms))  # the empty group tells which it was
        nothing = (None, False)
        makers = (nothing, nothing, *((kind.of_usual, kind in self.doubtful) for kind in kinds), nothing)
        return pattern.fullmatch, makers


def _effort(kind: type[Indicator]) -> tuple[bool, int]:
    """What is long is quickly seen not to be there: it is tried first, behind addresses, of which logs have most."""
    return kind is not IPv4, -len(kind.examples[0])


def _mark_of(kind: type[Indicator]) -> str:
    return next(mark for mark in _MARKS if all(mark in example for example in kind.examples))


def _sign_of(kind: type[Indicator]) -> re.Pattern[str]:
    return next((sign for sign in _SIGNS if all(map(sign.search, kind.examples))), _SIGNS[-1])


def _said_alike(kind: type[Indicator], chosen: Iterable[type[Indicator]]) -> tuple[type[Indicator], ...]:
    """The types of the same form that go first where the text says so: an imphash looks like an MD5."""
    alike = (one for one in chosen if one.said and one.kind in kind.after)
    return tuple(one for one in alike if kind.usual and kind.usual.fullmatch(one.examples[0]))


_types = lru_cache(64)(_Types)


class _Tokens(dict[str, tuple[Hit, ...]]):
    """What each token holds: it is looked at when it is asked for first, and remembered.

    Args:
        kinds: the types to find.
    """

    def __init__(self, kinds: _Types) -> None:
        super().__init__()
        self._types = kinds
        self._links, self._mails, self._others = kinds.usual

    def __missing__(self, token: str) -> tuple[Hit, ...]:
        """What a token holds: at a glance if it is nothing or of a usual form, perhaps behind a label."""
        fullmatch, makers = self._links if "://" in token else self._mails if "@" in token else self._others
        label = _KEY.match(token) if ("=" in token or "/" in token) and token[:4] != "http" else None
        found = fullmatch(token, label.end()) if label else fullmatch(token)
        if not found and not label and (label := _LABEL.match(token)):
            found = fullmatch(token, label.end())
        if not found and token[-1:] in _ENDS:
            found = fullmatch(token, label.end() if label else 0, len(token) - 1)
        hits: tuple[Hit, ...] | None = None
        if found:
            make, doubtful = makers[found.lastindex or 0]
            if make is None:
                hits = () if "dot" not in token and "DOT" not in token else None  # "evil-dot-com" has letters alone
            elif ioc := make(found[0]):
                start, end = found.span()
                hits = ((start, end, ioc, False, doubtful),)
        if hits is None:
            begin = label.end() if label else 0
            hits = tuple(self._inside(token, begin) if len(token) <= LONGEST else self._pieces(token))
        if len(token) < _REMEMBERED:
            self[token] = hits
        return hits

    def _pieces(self, token: str, pattern: re.Pattern[str] = _FIELD) -> Iterator[Hit]:
        """A line of data without a space: what stands between its commas, and in long fields between brackets."""
        for piece in pattern.finditer(token):
            base, written = piece.start(), piece[0]
            hits: Iterable[Hit] = ()
            if len(written) <= LONGEST:
                hits = self[written]
            elif pattern is _FIELD:
                links = [hit for hit in long_link(written) if type(hit[2]) in self._types.rank]
                hits = links or self._pieces(written, _PIECE)
            for start, end, ioc, fangs, doubt in hits:
                yield (start + base, end + base, ioc, fangs, doubt)

    def _inside(self, token: str, begin: int) -> list[Hit]:
        hits = word_with_ending(token, begin)
        if hits is not None:
            return hits if Domain in self._types.rank else []
        hits = []
        if self._types.network and (_NETWORKED.search(token) or not token.isascii()):
            hits = network_hits(token)
            if len(hits) == 1 and hits[0][0] <= begin and hits[0][1] == len(token):
                return hits if type(hits[0][2]) in self._types.rank else []
            hits = [hit for hit in hits if type(hit[2]) in self._types.rank]
        if token.isascii() or not HIDDEN.search(token):
            return hits + self._of_other_types(token)
        plain = substituted(HIDDEN, {"": ""}, token)  # web pages have soft hyphens in what is long
        return hits + as_written(plain, self._of_other_types(plain.text))

    def _of_other_types(self, token: str) -> list[Hit]:
        """What there is of other types than those of networks."""
        hits: list[Hit] = []
        for sign, kinds in self._types.in_tokens:
            if kinds and sign.search(token):
                for kind in kinds:
                    _match(kind, token, 0, len(token), hits)
        return hits


class Scanner:
    """Finds indicators, and remembers the tokens it has seen.

    Args:
        kinds: the types to find; every one if left out.
        remember: how much of them, in characters.
    """

    def __init__(self, kinds: Collection[type[Indicator]] | None = None, remember: int = 2**20) -> None:
        self._types = _types(None if kinds is None else frozenset(kinds))
        self._most = remember // _OF_A_TOKEN
        self._seen = _Tokens(self._types)

    def scan(self, text: str) -> list[Hit]:
        """The indicators of a text, in their order, none inside another."""
        text = text.replace("<.>", "[.]")  # would be torn apart; as long as before
        lower = _lower(text)
        found = self._lines(text, lower)
        found += self._spaced(text) if _may_be_spaced(text, lower) else self._tokens(text)
        return self._sifted(text, found)

    def glance(self, token: str) -> tuple[Indicator, ...]:
        """What a text is, if it is of a usual form as a whole; what it may be as well comes behind."""
        found, make = None, None
        for fullmatch, makers in self._types.usual:
            if found := fullmatch(token):
                make = makers[found.lastindex or 0][0]
                break
        ioc = make(token) if make else None
        if ioc is None:
            return ()
        alike = (kind.of_usual(token) for kind in self._types.said_alike.get(type(ioc), ()))
        return (ioc, *filter(None, alike))

    def _tokens(self, text: str) -> list[Hit]:
        if len(self._seen) > self._most:
            self._seen.clear()
        for separator in _BETWEEN_ASCII if text.isascii() else _BETWEEN:
            text = text.replace(separator, " ")
        tokens = text.split(" ")
        held = list(map(self._seen.__getitem__, tokens))
        holding = list(compress(count(), held))  # most hold nothing, and nothing is done for them one by one
        places = zip(map(held.__getitem__, holding), _begins(text, tokens, holding), strict=True)
        return [
            (base + start, base + end, ioc, fangs, doubt)
            for hits, base in places
            for start, end, ioc, fangs, doubt in hits
        ]

    def _lines(self, text: str, lower: str) -> list[Hit]:
        """What the types find that have cues."""
        found: list[Hit] = []
        if len(text) < _SHORT and not self._types.any_cue.search(lower):
            return found  # one look for all of them, where a look costs more than the text
        for kind, finders in self._types.in_lines:
            for start, end in _windows(text, lower, finders):
                _match(kind, text, start, end, found)
        return found

    def _spaced(self, text: str) -> list[Hit]:
        """A text in which some indicators are torn apart: what is torn is closed up, line by line."""
        found: list[Hit] = []
        base = 0
        for line in text.splitlines(keepends=True):
            torn = _may_be_spaced(line, line.lower())
            closed = substituted(_SPACED, _CLOSED_UP, line) if torn else Refanged(line, changed=False)
            for start, end, ioc, fangs, doubt in self._tokens(closed.text):
                found.append((closed.origin(start) + base, closed.origin(end - 1) + 1 + base, ioc, fangs, doubt))
            base += len(line)
        return found

    def _sifted(self, text: str, found: list[Hit]) -> list[Hit]:
        """Without what its surroundings deny, and without what lies inside something of a type that goes first."""
        standing = [sure for hit in found if (sure := self._settled(text, hit) if hit[4] else hit)]
        standing.sort(key=_START)
        if all(map(le, map(_END, standing), map(_START, islice(standing, 1, None)))):
            return standing  # most texts: nothing lies in anything else
        kept: list[Hit] = []
        cluster: list[Hit] = []
        reach = 0
        for hit in standing:
            if hit[0] < reach:
                cluster = cluster or [kept.pop()]
                cluster.append(hit)
                reach = max(reach, hit[1])
            else:
                kept += self._best(cluster) if cluster else ()
                kept.append(hit)
                cluster, reach = [], hit[1]
        return kept + self._best(cluster)

    def _settled(self, text: str, hit: Hit) -> Hit | None:
        """What a doubtful hit is, by what is written around it; None if it is nothing."""
        start, end, ioc, fangs, _ = hit
        if type(ioc) is IPv4:
            return None if is_version(text, start, end) else hit
        alike = self._types.said_alike.get(type(ioc))
        if alike is None and not ioc.said:
            return None if is_file(text, start, end) else hit
        above, end_of_line, before = text[max(0, start - _BEFORE) : start].lower().rpartition("\n")
        if alike is None:
            after = text[end : end + _BEFORE].lower().lstrip(_AROUND).removeprefix("on ")
            return hit if any(word in before for word in ioc.said) or after.startswith(ioc.said) else None
        label = label_above(above, before) if end_of_line else ""
        for kind in alike:
            for word in kind.said:
                if (word in before or label.endswith(word)) and (other := kind.of_usual(ioc.value)):
                    return (start, end, other, fangs, False)
        return hit

    def _best(self, cluster: list[Hit]) -> list[Hit]:
        """Of hits that overlap, those of the types that go first, and then the longest."""
        kept: list[Hit] = []
        for hit in sorted(cluster, key=lambda one: (self._types.rank[type(one[2])], one[0] - one[1])):
            if all(hit[1] <= start or hit[0] >= end for start, end, *_ in kept):
                kept.append(hit)
        return sorted(kept, key=_START)


def _begins(text: str, tokens: list[str], which: list[int]) -> list[int]:
    """Where some of a text's tokens begin: a few are looked for, the places of many are counted."""
    if len(which) * _FEW > len(tokens):
        letters = list(accumulate(map(len, tokens), initial=0))
        return [letters[index] + index for index in which]
    begins: list[int] = []
    text, at = f" {text} ", 0
    for token in map(tokens.__getitem__, which):
        at = text.index(f" {token} ", at)
        begins.append(at)
        at += len(token) + 1
    return begins


def _may_be_spaced(text: str, lower: str) -> bool:
    """Whether there may be an indicator with spaces inside: rare, and found by what is quickly looked for."""
    return any(rarest in lower and sign.search(text) for rarest, sign in _SIGNS_OF_SPACES)


def _match(kind: type[Indicator], text: str, start: int, end: int, hits: list[Hit]) -> None:
    """Adds what one type finds in a part of a text."""
    found = kind.pattern.search(text, start, end)
    while found:
        group = 1 if kind.pattern.groups else 0
        if ioc := parsed(kind, found[group]):
            hits.append((*found.span(group), ioc, False, bool(kind.said)))
        found = kind.pattern.search(text, max(found.end(), found.start() + 1), end)


_Finder = tuple[str, re.Pattern[str]]
"""With which sign some cues begin, which is quickly seen not to be there, and a pattern that finds them."""


def _finders(cues: Iterable[str]) -> list[_Finder]:
    """What finds cues: one for each first letter, since what begins alike is looked for at once."""
    by_letter: dict[str, list[str]] = {}
    for cue in cues:
        by_letter.setdefault(cue[0], []).append(cue)
    return [
        ("" if first.isalnum() else first, re.compile("|".join(map(re.escape, alike))))
        for first, alike in by_letter.items()
    ]


def _windows(text: str, lower: str, finders: Iterable[_Finder]) -> Iterator[tuple[int, int]]:
    """The lines, or parts of very long ones, that hold a cue; each once."""
    done = 0
    present = [pattern for sign, pattern in finders if sign in lower]
    for place in sorted(found.start() for pattern in present for found in pattern.finditer(lower)):
        if place < done:
            continue
        start = max(text.rfind("\n", done, place) + 1, place - _WINDOW // 8, done)
        end = text.find("\n", place, place + _WINDOW)
        done = end if end != -1 else min(place + _WINDOW, len(text))
        yield start, done


def _lower(text: str) -> str:
    """In lower case, with every character in its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(one if len(one.lower()) > 1 else one.lower() for one in text)


@cache
def ranked() -> tuple[type[Indicator], ...]:
    """Every type, behind those that it says are tried before it."""
    placed: list[type[Indicator]] = []
    names: set[str] = set()
    waiting = list(types())
    while waiting:
        ready = [kind for kind in waiting if names.issuperset(kind.after)]
        for kind in ready or waiting[:1]:
            placed.append(kind)
            names.add(kind.kind)
            waiting.remove(kind)
    return tuple(placed)
