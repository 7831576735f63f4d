"""What is known under a number: vulnerabilities, weaknesses, and the techniques, tools and groups of ATT&CK."""

import re
from typing import Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, form, shown

_BETWEEN = r"[-_\s\u00ad\u2010-\u2015\u2212]{1,3}"  # every dash, soft hyphens too: documents are typeset
_DASHES = re.compile(_BETWEEN)


class CVE(Indicator):
    """A vulnerability, e.g. ``CVE-2021-44228``; any dash, space or underscore may stand between the parts."""

    __slots__ = ()
    kind = "cve"
    pattern = form(rf"(?<![0-9A-Za-z])CVE{_BETWEEN}[0-9]{{4}}{_BETWEEN}[0-9]{{4,19}}(?!\d)", re.IGNORECASE)
    examples = ("CVE-2021-44228", "CVE-2014-100001")
    stix = "vulnerability"
    misp = "vulnerability"
    cues = ("cve",)
    after = ("url", "file_path")

    @classmethod
    def parse(cls, text: str) -> Self:
        value = _DASHES.sub("-", cls.matched(text)).upper()
        if value.split("-")[1] < "1999":
            raise InvalidIndicator(f"{shown(text)} is not a CVE: they are counted since 1999")
        return cls._make(value)


class CWE(Indicator):
    """A kind of weakness, e.g. ``CWE-79``."""

    __slots__ = ()
    kind = "cwe"
    pattern = form(rf"(?<![0-9A-Za-z])CWE{_BETWEEN}[0-9]{{1,4}}(?!\w)", re.IGNORECASE)
    examples = ("CWE-79", "CWE-1321")
    stix = "x-weakness:name"
    misp = "weakness"
    cues = ("cwe",)
    after = ("url", "file_path")

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls._make(_DASHES.sub("-", cls.matched(text)).upper())


class Attack(Indicator):
    """Anything that MITRE ATT&CK numbers, e.g. ``T1059.001``.

    Techniques ``T``, tactics ``TA``, mitigations ``M``, groups ``G``, software ``S``.
    """

    __slots__ = ()
    kind = "attack"
    # small letters are those of Sigma's tags; the numbers begin with 0 or 1, those of goods with anything
    pattern = form(
        r"""(?: (?<![\w.-])(?:T[01][0-9]{3}(?:[./][0-9]{3})?|TA0[0-9]{3}|[MGS][01][0-9]{3})
        | (?<=attack\.)(?:t[01][0-9]{3}(?:\.[0-9]{3})?|[mgs][01][0-9]{3}) ) (?!\w|\.\d)""",
        re.VERBOSE,
    )
    examples = ("T1059.001", "TA0002", "G0032")
    stix = "attack-pattern"
    misp = "text"
    after = ("url", "file_path")

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls._make(cls.matched(text.upper()).replace("/", "."))

    def contains(self) -> tuple[Indicator, ...]:
        """The technique of a sub-technique."""
        technique, dot, _ = self.value.partition(".")
        return (self._make(technique),) if dot else ()
