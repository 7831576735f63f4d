"""Links, mail addresses, names and IP addresses inside one token, and where each of them ends.

A token is what stands between two spaces or quotes. It is short (`LONGEST`), so whatever is done with it is bounded.
"""

import re
from collections.abc import Iterator

from ioclib.errors import InvalidIndicator
from ioclib.extract.defanging import Refanged, refanged
from ioclib.indicators import CIDR, URL, Domain, Email, Indicator, IPv4, IPv6, Onion
from ioclib.indicators.names import FILE_ENDINGS, has_public_suffix

LONGEST = 4096
"""Characters of a token that is looked into; longer ones are data, not text."""

_OPENING = 64  # characters in which a long link has to begin: a bracket or a name may stand before it
_LINK = re.compile(r"(?<![A-Za-z0-9+])(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,10})://(?=[\w\[%])")
_ADDRESS = re.compile(r"(?<![A-Za-z0-9.])(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z0-9_]|\.\w|-[A-Za-z])")
_NAME = re.compile(r"(?<![\w%-])(?<!\w\.)(?:[^\W_]|_(?=\w))[\w-]{0,62}(?:\.[\w-]{1,63}){1,30}(?!\.\w)")
_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,30}[\w-]{1,63}")
_COLONS = re.compile(
    r"(?:(?<![\w:.])|(?<=[G-Zg-z]:)|(?<=[G-Zg-z]\w:)|(?<=[G-Zg-z]\w\w:))[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}(?![\w:]|\(\))"
)
# What is written without spaces beside our letters; in a name of one script there is no such place
_GLUED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af](?=[A-Za-z0-9])|(?<=[A-Za-z0-9])[\u2e80-\u9fff\uac00-\ud7af]")
_LOCAL_PART = re.compile(r"[\w.+%'=&~!#$*?{|}/-]{1,64}\Z")
_BEHIND_DOTS = re.compile(r"\.([^\W_](?:[\w-]{0,61}[^\W_])?+)")
# A word and an ending: too few letters and digits for anything but a file or a name, and no fangs
_FILE = re.compile(
    r"""\(*+ (?![\w-]*[_-](?:dot|DOT|at)[_-])
    (?P<name>
        (?=[A-Za-z0-9_-]{1,24}\.) [0-9]{0,3}+(?:[A-Za-z_-]++[0-9]{0,3}+)++ \. (?P<ending>[A-Za-z]{1,24}+[0-9]{0,3}+)
    ) [.,;:!)]*+""",
    re.VERBOSE,
)
_PORT = re.compile(r":\d{1,5}(?!\d)")
_WEB_PORTS = frozenset({":80", ":443", ":8080", ":8443"})
# As firewalls write them: "/443", "/255.255.255.0", "/tcp"
_PORT_OR_MASK = re.compile(r"/(?:(?:tcp|udp)\b|\d{1,5}(?:(?:\.\d{1,3}){3})?(?![\w/?&=%#]|-(?!>|\Z)|\.\w))")
_PREFIX = re.compile(r"/\d{1,3}(?![\w/]|\.\w)")
_ZONE = re.compile(r"%\w{1,15}")

# Where a link ends, whatever follows
_LINK_STOPS = re.compile(
    r"""[\s"'<>`|\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]   # quotes, spaces, a script that is written without spaces
    | \*\* | \\[nrt"'] | &(?:quot|gt|lt|\#39);              # markdown; line ends and quotes in JSON and HTML
    | [,;] (?=[A-Za-z][A-Za-z0-9+.-]{1,10}:// | $)          # the next link
    | , (?!\d) | \$ (?=[({])                                # the next field; what a shell puts in
    | \^ (?=[A-Za-z]{1,30}=)                                # the next field of LEEF
    | ; (?=(?:ba|k|z)?sh[+$\s;] | \./                       # the next command
        | (?:busybox|cd|chmod|curl|perl|python\d?|rm|tftp|wget)(?:[+$\s;]|%20))
    | (?<=[^/=?&,;:%\#+_-]) (?=https?://)                   # the next link, without any space
    """,
    re.VERBOSE,
)
# A script without spaces that is the link's own: between its parts, or a value at its end
_OWN_SCRIPT = re.compile(
    r"(?<=[/=_-])[\u2e80-\u9fff\uac00-\ud7af]{1,60}[\w%-]{0,30}(?=[/?&=#]|\.[a-z]{2,5}\b)"
    r"|(?<==)[\u2e80-\u9fff\uac00-\ud7af]{1,60}\Z"
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_CALLS = frozenset("([")  # behind a name in code; behind others there may be their address: "evil.com(192.0.2.7)"
_NO_SUFFIXES = frozenset({"onion", "example"})  # nobody registers names there, and yet they are names
_ONION = len(".onion") + 56
_PATH = re.compile(r"/|\?(?=[\w%&=-])")  # a question mark may only end a sentence
_FOLDERS = frozenset("/\\")
_NO_MAILBOX = "./'=&#*?!{|"
_NAME_OF_FIELD = re.compile(r"[a-z_.-]*\d{0,2}|[A-Z]?[a-z]+(?:[A-Z][a-z]+)*|[A-Z_]+")
_SENTENCE_ENDS = ".,;:!?…*~'\"_\\"

# this.name, document.body: what code has before its dots and behind them
_CODE_STARTS = frozenset(
    """this that self window document user obj object event console math json std sys os node item data string array
    java javax request response req res args params config options module exports navigator location element
    microsoft system socket process thread file form input key value page host agent winlog cmd services
    log logger matrix github job var el props app cfg out df np ctx err""".split()
)
_COUNTRIES = frozenset({"pl", "cc"})  # where many have registered names: three labels are seldom a file's
_KINDS_OF_FILE = frozenset("pb min test tests spec d inc tmpl".split())
_NEW_ENDINGS = frozenset({"zip", "mov"})  # few have registered names there
_PRODUCTS = frozenset("asp.net vb.net ado.net socket.io makefile.am".split())
_CODE_ENDS = frozenset(
    """name id is in to it so me cat date click events link map now page ping play run sale search select show style
    watch top tools today host global data call target body net hash email phone network security
    info services""".split()
)
# A name that begins with one of these and has three labels or more is a package: com.example.app
_REVERSED = frozenset("com org net edu gov".split())

# Where it begins and ends; what it is; whether it was written so that nobody clicks on it; and whether what stands
# around it has to confirm it, since four numbers may be a version, and a name a file. A plain tuple: there are many.
Hit = tuple[int, int, Indicator, bool, bool]


def network_hits(token: str) -> list[Hit]:
    """The links, mail addresses, names and addresses of a token."""
    plain = refanged(token)
    if plain.changed or not plain.text.isascii() or _may_hold_any(plain.text):
        return as_written(plain, list(_hits(plain)))
    return []


def _may_hold_any(text: str) -> bool:
    """Whether there is what links and addresses have, or a name's last label: most files and code have neither."""
    return (
        ":" in text or "@" in text or text.count(".") > 2 or any(map(ends_a_name, _BEHIND_DOTS.findall(text.lower())))
    )


def word_with_ending(token: str, begin: int) -> list[Hit] | None:
    """What a token holds that ends like a file: nothing, or a name, perhaps only if what stands around it says so.

    None if it is something else, which takes a closer look.

    Args:
        token: the token.
        begin: where in it the label ends, such as "sni=", that it begins with; 0 if with none.
    """
    if token.rpartition(".")[2] in FILE_ENDINGS and token[begin - 1 : begin] != "/":
        written = token[begin:]
        is_usual = Domain.usual and Domain.usual.fullmatch(written)
        if is_usual and _reads_like_a_name(written) and (ioc := parsed(Domain, written)):
            doubt = _ends_like_a_file(written) and not written.startswith("www.")
            return [(begin, len(token), ioc, False, doubt)]
    file = _FILE.fullmatch(token)
    if file is None or token.startswith("www."):
        return None
    ending = file["ending"]
    if not ends_a_name(ending.lower()):
        return []
    if ending not in FILE_ENDINGS:
        return None
    ioc = parsed(Domain, file["name"])
    return [(*file.span("name"), ioc, False, True)] if ioc else []


def ends_a_name(label: str) -> bool:
    """Whether a name may have this as its last label."""
    return label in _NO_SUFFIXES or has_public_suffix(label)


def long_link(token: str) -> list[Hit]:
    """The link that a token of any length begins with, if it does."""
    plain = refanged(token)
    link = _LINK.search(plain.text, 0, _OPENING)
    hit = _link(plain, link.start(), _link_end(plain.text, link.end())) if link else None
    return as_written(plain, [hit] if hit else [])


def as_written(plain: Refanged, found: list[Hit]) -> list[Hit]:
    """Hits with the places that they have in the text as it was written."""
    if not plain.changed:
        return found
    origin = plain.origin
    return [(origin(start), origin(end - 1) + 1, ioc, fangs, doubt) for start, end, ioc, fangs, doubt in found]


def _hits(plain: Refanged) -> Iterator[Hit]:
    text, end = plain.text, 0
    apart = plain if text.isascii() else plain._replace(text=_GLUED.sub(" ", text))
    for link in _LINK.finditer(text) if "://" in text else ():
        if link.start() < end:
            continue  # inside the link before it
        stop = _link_end(text, link.end())
        if hit := _link(plain, link.start(), stop):
            yield from _hosts(apart, end, link.start())
            yield hit
            end = stop
    yield from _hosts(apart, end, len(text))


def _link(plain: Refanged, start: int, stop: int, scheme: str = "") -> Hit | None:
    ioc = parsed(URL, scheme + plain.text[start:stop])
    return (start, stop, ioc, plain.differs(start, stop), False) if ioc else None


def parsed(kind: type[Indicator], text: str) -> Indicator | None:
    """The indicator of a type that a text is, if it is one."""
    try:
        return kind(text)
    except InvalidIndicator:
        return None


def _link_end(text: str, start: int) -> int:
    stop = _LINK_STOPS.search(text, start)
    while stop and (own := _OWN_SCRIPT.match(text, stop.start())):
        stop = _LINK_STOPS.search(text, own.end())
    end = stop.start() if stop else len(text)
    still_open: list[str] = []
    for position in range(start, end):
        character = text[position]
        if character in _CLOSING:
            still_open.append(_CLOSING[character])
        elif character in ")]}" and (not still_open or still_open.pop() != character):
            end = position  # it closes what was opened before the link
            break
    while end > start and text[end - 1] in _SENTENCE_ENDS:
        end -= 1
    return end


def _hosts(plain: Refanged, start: int, end: int) -> Iterator[Hit]:
    """What there is without a scheme."""
    text = plain.text
    if "@" in text:
        yield from _mails(plain, start, end)
    if text.count(":", start, end) > 1:
        yield from _ipv6(plain, start, end)
    for pattern, read in ((_ADDRESS, _ipv4), (_NAME, _name)):
        taken = start
        for found in pattern.finditer(text, start, end):
            if found.start() >= taken and (hit := read(plain, found.start(), found.end())):
                taken = hit[1]
                yield hit


def _ipv4(plain: Refanged, start: int, end: int) -> Hit | None:
    text, defanged = plain.text, plain.differs(start, end)
    ioc = parsed(IPv4, text[start:end])
    if ioc is None:
        return None
    prefix = _PREFIX.match(text, end)
    if prefix and (block := parsed(CIDR, text[start : prefix.end()])):
        return (start, prefix.end(), block, defanged, False)
    port = _PORT.match(text, end)
    path = port.end() if port else end
    has_path = _PATH.match(text, path) and len(text) > path + 1 and not _PORT_OR_MASK.match(text, path)
    if has_path and text[start - 1 : start] not in _FOLDERS:
        hit = _link(plain, start, _link_end(text, path), "http://")
        if hit:
            return hit
    return (start, end, ioc, defanged, not defanged and port is None)


def _ipv6(plain: Refanged, start: int, end: int) -> Iterator[Hit]:
    text = plain.text
    for found in _COLONS.finditer(text, start, end):
        written = found[0].rstrip(".")
        if written.endswith(":") and not written.endswith("::"):
            written = written[:-1]
        first, last = found.start(), found.start() + len(written)
        prefix, zone = _PREFIX.match(text, last), _ZONE.match(text, last)
        if not _is_ipv6(written) and not (written == "::" and prefix):  # everywhere: "::/0"
            continue
        defanged = plain.differs(first, last)
        if prefix and (block := parsed(CIDR, text[first : prefix.end()])):
            yield (first, prefix.end(), block, defanged, False)
        else:
            yield (first, zone.end() if zone else last, IPv6(written), defanged, False)


def _is_ipv6(text: str) -> bool:
    """An IPv6 address, and not a time, a ratio, a MAC address or a scope of a programming language."""
    groups = text.split(":")
    if len(groups) == 8 and "::" not in text:
        plausible = not all(len(group) == 2 for group in groups)  # or it is a longer MAC address
    else:
        plausible = text == "::1" or (len(groups) > 2 and any(len(group) > 2 for group in groups))
    return plausible and parsed(IPv6, text) is not None


def _mails(plain: Refanged, start: int, end: int) -> Iterator[Hit]:
    text = plain.text
    at = text.find("@", start, end)
    while at != -1:
        local = _LOCAL_PART.search(text, max(start, at - 64), at)
        host = _HOST.match(text, at + 1, end)
        if local and host and not _ADDRESS.fullmatch(host[0]):
            first = at - len(_mailbox(local[0]))
            written = text[first : host.end()].rstrip("-_")
            if ioc := parsed(Email, written):
                yield (first, first + len(written), ioc, plain.differs(first, first + len(written)), False)
        at = text.find("@", at + 1, end)


def _mailbox(written: str) -> str:
    """What stands before an @, without what only leads to it: "mailfrom=me@…" is of me, a bounce's "=" is its own."""
    box = written.lstrip(_NO_MAILBOX)
    key, equals, value = box.partition("=")
    is_field = equals and "=" not in value and not key.startswith("bounce") and _NAME_OF_FIELD.fullmatch(key)
    return value if is_field else box


def _name(plain: Refanged, start: int, end: int) -> Hit | None:
    text = plain.text
    written = text[start:end].rstrip("-_")
    end = start + len(written)
    defanged = plain.differs(start, end)
    last = written.rpartition(".")[2]
    before, after = text[start - 1 : start], text[end : end + 1]
    if after == "@" or last.isdigit() or (before in _FOLDERS and not (start == 2 and text.startswith("//"))):
        return None  # a mailbox, a number, a part of a path
    if before == "@" and start > 1 and text[start - 2].isalnum():
        return None  # of a mail address
    if not ends_a_name(last.lower()):
        return None
    port = _PORT.match(text, end)
    path = port.end() if port else end
    has_path = _PATH.match(text, path) is not None
    like_a_file = _ends_like_a_file(written)
    has_port = port is not None and (not like_a_file or port[0] in _WEB_PORTS)  # or it is a line of the file
    has_address = after in _CALLS and _ADDRESS.match(text, end + 1) is not None
    sure = defanged or has_port or has_path or has_address or written[:4].lower() == "www."
    if not sure and (after in _CALLS or not _reads_like_a_name(written)):
        return None
    if has_path and before != "@" and (hit := _link(plain, start, _link_end(text, path), "http://")):
        is_file = last.lower() in FILE_ENDINGS and written.count(".") == 1  # "setup.py/README"
        return None if is_file and not defanged else hit
    if last.lower() == "onion":
        ioc = _onion(written)
        return (end - len(ioc.value), end, ioc, defanged, False) if ioc else None
    ioc = parsed(Domain, written)
    return (start, end, ioc, defanged, like_a_file and not sure) if ioc else None


def _onion(written: str) -> Indicator | None:
    """An onion address; its checksum tells it from what it may be glued to."""
    return parsed(Onion, written) or parsed(Onion, written[-_ONION:])


def _reads_like_a_name(written: str) -> bool:
    """Neither code nor a package: both can end in a real suffix."""
    labels = written.split(".")
    first, last = labels[0].lower(), labels[-1]
    if labels[0] == "System" or (last not in {last.lower(), last.upper()} and "-" not in written):
        return False  # System.Net
    if (last == "NET" and first == labels[0]) or (last == "app" and first.capitalize() == labels[0]):
        return False  # "from.NET", after a PDF has lost a space; "Notes.app", a folder on macOS
    if written.lower() in _PRODUCTS or (last in _CODE_ENDS and first in _CODE_STARTS):
        return False
    ending = last.lower()
    if len(labels) == 2 and len(first) == 1 and (ending in _CODE_ENDS or len(ending) > 2) and ending not in _REVERSED:
        return False  # u.id, o.total
    if len(labels) == 2:
        return True
    is_code = "-" not in written and any(label[:1].isupper() and not label.isupper() for label in labels[1:])
    if first in _REVERSED or is_code:
        return False  # com.example.app, java.util.ArrayList
    return len(labels) > 3 or not labels[1].isdigit()


def _ends_like_a_file(written: str) -> bool:
    labels = written.split(".")
    if labels[-1] in _COUNTRIES and len(labels) == 3:
        return labels[1] in _KINDS_OF_FILE
    return labels[-1] in FILE_ENDINGS and (len(labels) < 4 or labels[-1] in _NEW_ENDINGS)
