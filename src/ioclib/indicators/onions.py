"""Names of services inside the Tor network, which no resolver knows."""

import base64
import hashlib
import re
from typing import Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, form, shown
from ioclib.indicators.names import Domain, bare_name


class Onion(Indicator):
    """An onion address: 56 characters with a checksum (version 3) or 16 without (version 2), and ``.onion``.

    The checksum is that of https://spec.torproject.org/rend-spec/encoding-onion-addresses.html (read 2026-11).
    """

    __slots__ = ()
    kind = "onion"
    # with a checksum, it may be glued to what stands before it
    pattern = form(
        r"""(?: (?<![\w.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){0,4}(?:[a-z2-7]{56}|[a-z2-7]{16}) | [a-z2-7]{56} )
        \.onion (?![\w-]|\.\w)""",
        re.IGNORECASE | re.VERBOSE,
    )
    examples = (
        "tmxybvirf76niwtx5srufzc475blzskmmb2qeld3jei2yvhm2r37gdqd.onion",
        "www.pmykcsk57xiiw37hjiofmfq2d64unn63v7n7vft35g2ukxzems3vqnyd.onion",
        "ioclibexample234.onion",
    )
    stix = "domain-name:value"
    misp = "onion-address"
    cues = (".onion",)
    after = ("url", "email")

    @classmethod
    def parse(cls, text: str) -> Self:
        name = bare_name(text)
        if not re.fullmatch(r"(?:[^.]+\.)*(?:[a-z2-7]{56}|[a-z2-7]{16})\.onion", name):
            raise InvalidIndicator(f"{shown(text)} is not an onion address: 56 or 16 of a-z and 2-7, and .onion")
        address = name.split(".")[-2]
        if len(address) == 56 and not _checks(address):
            raise InvalidIndicator(f"{shown(text)} is not an onion address: its checksum is wrong")
        return cls._make(name)


def named(host: str) -> Domain | Onion:
    """The name of a host, as an indicator.

    Raises:
        InvalidIndicator: what is wrong with it.
    """
    return Onion(host) if host.endswith(".onion") else Domain(host)


def _checks(address: str) -> bool:
    decoded = base64.b32decode(address.upper())
    public_key, checksum, version = decoded[:32], decoded[32:34], decoded[34:]
    return version == b"\x03" and hashlib.sha3_256(b".onion checksum" + public_key + version).digest()[:2] == checksum
