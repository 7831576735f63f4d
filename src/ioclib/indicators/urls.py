"""Links."""

import re
from ipaddress import IPv4Address
from typing import Self, cast
from urllib.parse import quote, unquote

from ioclib.errors import InvalidIndicator
from ioclib.indicators.addresses import IPv6, loose_ipv4, reach_of
from ioclib.indicators.base import Indicator, Reach, shown
from ioclib.indicators.names import Domain, a_labels

_PARTS = re.compile(
    r"""(?P<scheme>https?|ftps?)://
    (?:(?P<user>[^/?\#\\]*)@)?
    (?P<host>\[[^\]/?\#@]*\]|[^/?\#\\:@\[\]]+)
    (?::(?P<port>\d{0,5}))?
    (?P<rest>(?:[/?\#].*)?)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_KEPT = "".join(map(chr, range(0x21, 0x7F)))  # everything printable stays as it was written


class URL(Indicator):
    """A link, e.g. ``http://evil.example/gate.php?id=7``.

    Scheme and host in lower case, the host in punycode, an empty path as ``/``, characters that are not ASCII
    percent-encoded; everything else as written. A link without a scheme is read as ``http``.
    """

    __slots__ = ()
    kind = "url"
    pattern = re.compile(r"(?:https?|ftps?)://[^\s\"'<>`|]+", re.IGNORECASE)
    examples = ("http://evil.example/gate.php?id=7&x=%20a", "https://files.example:8443/a b".replace(" ", "%20"))

    @classmethod
    def parse(cls, text: str) -> Self:
        text = text.strip()
        if "://" not in text and re.match(r"[^/?#@:\s]+(?::\d{1,5})?(?:[/?#]|$)", text):
            text = "http://" + text
        parts = _PARTS.fullmatch(text)
        if parts is None or any(character.isspace() or not character.isprintable() for character in text):
            raise InvalidIndicator(f"{shown(text)} is not a URL: scheme://host/path, without spaces")
        user = "" if parts["user"] is None else quote(parts["user"], safe=_KEPT) + "@"
        port = ":" + parts["port"] if parts["port"] else ""
        rest = parts["rest"] if parts["rest"].startswith("/") else "/" + parts["rest"]
        return cls._make(f"{parts['scheme'].lower()}://{user}{_host(parts['host'])}{port}{quote(rest, safe=_KEPT)}")

    @property
    def host(self) -> str:
        """The host as it is written: a name, an address, or an address in brackets."""
        return self._parts()["host"]

    @property
    def reach(self) -> Reach:
        """That of the host, however it is spelt."""
        host = self.host
        if host.startswith("["):
            return IPv6(host).reach
        # 012.0.0.1 is 10.0.0.1 to a browser and 12.0.0.1 to others: public only if every reading is
        readings = (loose_ipv4(host), loose_ipv4(host, octal=False))
        reaches = [reach_of(IPv4Address(number)) for number in readings if number is not None]
        if reaches:
            return next((reach for reach in reaches if reach is not Reach.PUBLIC), Reach.PUBLIC)
        return Domain(host).reach

    def sendable(self) -> Self:
        """Without user info and fragment: credentials and what never leaves a browser."""
        parts = self._parts()
        port = ":" + parts["port"] if parts["port"] else ""
        rest = parts["rest"].partition("#")[0] or "/"
        return self._make(f"{parts['scheme']}://{parts['host']}{port}{rest}")

    def _parts(self) -> re.Match[str]:
        return cast("re.Match[str]", _PARTS.fullmatch(self.value))  # an indicator that exists is canonical


def _host(written: str) -> str:
    """The canonical host of a link; percent-encoding in it is undone first, as browsers do."""
    if written.startswith("["):
        return f"[{IPv6(written)}]"
    host = unquote(written)
    if re.fullmatch(r"[0-9A-Fa-fxX.]+", host) and loose_ipv4(host) is not None:
        return host.lower().removesuffix(".")
    name = a_labels(host)
    if loose_ipv4(name) is not None:  # full-width digits and the like
        return name
    if name.rpartition(".")[2].isdecimal():
        raise InvalidIndicator(f"{shown(written)} is not a host: neither a name nor an IPv4 address")
    return name if "." not in name else Domain(name).value
