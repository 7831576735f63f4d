"""Mail addresses."""

import re
from typing import Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, Reach, form, shown
from ioclib.indicators.names import a_labels, is_registrable
from ioclib.indicators.onions import named

# RFC 5322's "dot-atom", with the letters of RFC 6532
_MAILBOX = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")


class Email(Indicator):
    """A mail address, e.g. ``billing@mail.example``: lower case, the host in punycode."""

    __slots__ = ()
    kind = "email"
    # "=" belongs to a mailbox in a header's angle brackets; elsewhere it is the end of a field's name
    pattern = form(
        r"""(?: (?<![\w.+%-])[a-z0-9_][a-z0-9_.+%-]{0,63} | (?<=<)[a-z0-9_][a-z0-9_.+%=-]{0,63} )
        @ (?:[^\W_][\w-]{0,62}\.){1,20} (?:[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59}) (?![\w-])""",
        re.IGNORECASE | re.VERBOSE,
    )
    usual = form(r"[a-z0-9_][a-z0-9_+-]{0,31}+(?:\.[a-z0-9_+-]{1,31}+){0,3}@(?:[a-z0-9-]{1,63}+\.){1,8}[a-z]{2,24}")
    examples = ("billing@mail.example", "a.b+c@xn--bcher-kva.example")
    stix = "email-addr:value"
    misp = "email"
    cues = ("@",)
    after = ("url",)

    @classmethod
    def parse(cls, text: str) -> Self:
        mailbox, at, written = text.strip().lower().rpartition("@")
        if not at:
            raise InvalidIndicator(f"{shown(text)} is not a mail address: it has no @")
        if len(mailbox) > 64 or not _MAILBOX.fullmatch(mailbox):
            raise InvalidIndicator(f"{shown(text)} is not a mail address: {shown(mailbox)} is no mailbox")
        host = a_labels(written)
        if "." not in host:
            raise InvalidIndicator(f"{shown(text)} is not a mail address: {shown(host)} is no mail domain")
        return cls._make(f"{mailbox}@{named(host)}")

    @classmethod
    def of_usual(cls, text: str) -> Self | None:
        """If its host is a name that can be registered."""
        host = text.rpartition("@")[2]
        return cls._make(text) if is_registrable(host) else None

    @property
    def reach(self) -> Reach:
        """That of its domain."""
        return named(self._host()).reach

    def contains(self) -> tuple[Indicator, ...]:
        """Its domain."""
        return (named(self._host()),)

    def _host(self) -> str:
        return self.value.rpartition("@")[2]
