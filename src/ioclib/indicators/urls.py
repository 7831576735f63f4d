"""Links."""

import re
from ipaddress import IPv4Address
from typing import Self, cast
from urllib.parse import quote, unquote

from ioclib.errors import InvalidIndicator
from ioclib.indicators.addresses import IPv4, IPv6, loose_ipv4, reach_of
from ioclib.indicators.base import Indicator, Reach, form, shown
from ioclib.indicators.names import Domain, a_labels, is_registrable
from ioclib.indicators.onions import named

_SCHEMES = r"https?|ftps?|sftp|wss?|ldaps?|stratum\+(?:tcp|ssl)|tcp|udp|ssh|smb|rtsp|rdp|telnet|git"
_PARTS = re.compile(
    rf"""(?P<scheme>{_SCHEMES})://
    (?:(?P<user>[^/?\#\\]*)@)?
    (?P<host>\[[^\]/?\#@]*\]|[^/?\#\\:@\[\]]+)
    (?::(?P<port>\d{{0,5}}))?
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
    pattern = form(rf"(?:{_SCHEMES})://[^\s\"'<>`|]+", re.IGNORECASE)
    usual = form(
        r"https?://(?:[a-z0-9-]{1,63}+\.){1,8}[a-z]{2,24}(?::[0-9]{1,5}+)?"
        r"/(?:[A-Za-z0-9_./?=&%+~@:!$-]{0,2000}[A-Za-z0-9_/=%&+-])?"
    )
    examples = ("http://evil.example/gate.php?id=7&x=%20a", "https://files.example:8443/a b".replace(" ", "%20"))
    stix = "url:value"
    misp = "url"
    after = ("user_agent",)

    @classmethod
    def parse(cls, text: str) -> Self:
        text = text.strip()
        if "://" not in text and re.match(r"[^/?#@:\s]+(?::\d{1,5})?(?:[/?#]|$)", text):
            text = "http://" + text
        parts = _PARTS.fullmatch(text)
        if parts is None or " " in text or not text.isprintable():
            raise InvalidIndicator(f"{shown(text)} is not a URL: scheme://host/path, without spaces")
        user = "" if parts["user"] is None else _escaped(parts["user"]) + "@"
        port = ":" + parts["port"] if parts["port"] else ""
        rest = parts["rest"] if parts["rest"].startswith("/") else "/" + parts["rest"]
        return cls._make(f"{parts['scheme'].lower()}://{user}{_host(parts['host'])}{port}{_escaped(rest)}")

    @classmethod
    def of_usual(cls, text: str) -> Self | None:
        """If its host is a name that can be registered."""
        host = text[text.index("/") + 2 : text.index("/", 8)].partition(":")[0]
        return cls._make(text) if is_registrable(host) else None

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
        return Reach.PUBLIC if host.endswith(".onion") else Domain(host).reach

    def contains(self) -> tuple[Indicator, ...]:
        """Its host, as a browser understands it; nothing where that is a single label or no service's onion address."""
        host = self.host
        if host.startswith("["):
            return (IPv6(host),)
        number = loose_ipv4(host)
        if number is not None:
            return (IPv4(str(IPv4Address(number))),)
        try:
            return (named(host),) if "." in host else ()
        except InvalidIndicator:
            return ()

    def sendable(self) -> Self:
        """Without user info and fragment: credentials and what never leaves a browser."""
        parts = self._parts()
        port = ":" + parts["port"] if parts["port"] else ""
        rest = parts["rest"].partition("#")[0] or "/"
        return self._make(f"{parts['scheme']}://{parts['host']}{port}{rest}")

    def _parts(self) -> re.Match[str]:
        return cast("re.Match[str]", _PARTS.fullmatch(self.value))  # an indicator that exists is canonical


def _escaped(text: str) -> str:
    return text if text.isascii() else quote(text, safe=_KEPT)


def _host(written: str) -> str:
    """The canonical host of a link; percent-encoding in it is undone first, as browsers do."""
    if written.startswith("["):
        return f"[{IPv6(written)}]"
    host = unquote(written) if "%" in written else written
    if re.fullmatch(r"[0-9A-Fa-fxX.]+", host) and loose_ipv4(host) is not None:
        return host.lower().removesuffix(".")
    name = a_labels(host)
    if loose_ipv4(name) is not None:  # full-width digits and the like
        return name
    if name.rpartition(".")[2].isdecimal():
        raise InvalidIndicator(f"{shown(written)} is not a host: neither a name nor an IPv4 address")
    # a link to an onion address that cannot be is a link all the same: somebody mistyped it in a report
    return name if "." not in name or name.endswith(".onion") else Domain(name).value
