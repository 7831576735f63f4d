"""Hashes and fingerprints: of files, of their imports and signatures, of how a client speaks TLS."""

import re
from typing import ClassVar, Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, form, shown


def _hex_digits(number: int) -> re.Pattern[str]:
    return form(rf"(?<![0-9A-Za-z])[0-9A-Fa-f]{{{number}}}(?![0-9A-Za-z])")


class _HexHash(Indicator):
    __slots__ = ()
    after: ClassVar[tuple[str, ...]] = ("url", "file_path")

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls._make(cls.matched(text).lower())


class Md5(_HexHash):
    """An MD5 of a file, e.g. ``44d88612fea8a8f36de82e1278abb02f``."""

    __slots__ = ()
    kind = "md5"
    pattern = _hex_digits(32)
    usual = form(r"[0-9a-f]{32}")
    examples = ("44d88612fea8a8f36de82e1278abb02f", "d41d8cd98f00b204e9800998ecf8427e")
    stix = "file:hashes.MD5"
    misp = "md5"
    after = ("url", "file_path", "imphash", "ja3")


class Sha1(_HexHash):
    """A SHA-1 of a file, e.g. ``3395856ce81f2b7382dee72602f798b642f14140``."""

    __slots__ = ()
    kind = "sha1"
    pattern = _hex_digits(40)
    usual = form(r"[0-9a-f]{40}")
    examples = ("3395856ce81f2b7382dee72602f798b642f14140", "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    stix = "file:hashes.'SHA-1'"
    misp = "sha1"


class Sha224(_HexHash):
    """A SHA-224 of a file: 56 hex digits."""

    __slots__ = ()
    kind = "sha224"
    pattern = _hex_digits(56)
    usual = form(r"[0-9a-f]{56}")
    examples = (
        "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    )
    stix = "file:hashes.'SHA-224'"
    misp = "sha224"


class Sha256(_HexHash):
    """A SHA-256 of a file, e.g. ``275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f``."""

    __slots__ = ()
    kind = "sha256"
    pattern = _hex_digits(64)
    usual = form(r"[0-9a-f]{64}")
    examples = (
        "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    stix = "file:hashes.'SHA-256'"
    misp = "sha256"
    after = ("url", "file_path", "authentihash")


class Sha384(_HexHash):
    """A SHA-384 of a file: 96 hex digits."""

    __slots__ = ()
    kind = "sha384"
    pattern = _hex_digits(96)
    usual = form(r"[0-9a-f]{96}")
    examples = (
        "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    )
    stix = "file:hashes.'SHA-384'"
    misp = "sha384"


class Sha512(_HexHash):
    """A SHA-512 of a file: 128 hex digits."""

    __slots__ = ()
    kind = "sha512"
    pattern = _hex_digits(128)
    usual = form(r"[0-9a-f]{128}")
    examples = (
        (
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
        ),
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    )
    stix = "file:hashes.'SHA-512'"
    misp = "sha512"


class Imphash(_HexHash):
    """An MD5 of what a Windows program imports; the text has to say so, or it is an MD5 like any other."""

    __slots__ = ()
    kind = "imphash"
    pattern = _hex_digits(32)
    examples = ("0c6803c4e922103c4dca5963aad36ddf", "7215ee9c7d9dc229d2921a40e899ec5f")
    stix = "file:extensions.'windows-pebinary-ext'.imphash"
    misp = "imphash"
    said = ("imphash", "import hash", "imp hash")


class Ja3(_HexHash):
    """A JA3 or JA3S fingerprint of a TLS client or server: an MD5; the text has to say so."""

    __slots__ = ()
    kind = "ja3"
    pattern = _hex_digits(32)
    examples = ("5eb63bbbe01eeed093cb22bb8f5acdc3", "fc3ff98e8c6a0d3087d515c0473f8677")
    stix = "x-ja3:value"
    misp = "ja3-fingerprint-md5"
    said = ("ja3", "ja3s")


class Authentihash(_HexHash):
    """A SHA-256 of what a Windows program's signature covers; the text has to say so."""

    __slots__ = ()
    kind = "authentihash"
    pattern = _hex_digits(64)
    examples = (
        "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        "7509e5bda0c762d2bac7f90d758b5b2263fa01ccbc542ab5e3df163be08e6ca9",
    )
    stix = "file:hashes.AUTHENTIHASH"
    misp = "authentihash"
    said = ("authentihash", "authenticode hash")


class Ssdeep(Indicator):
    """A fuzzy hash of a file: block size, and two strings of base64 digits, with colons between."""

    __slots__ = ()
    kind = "ssdeep"
    # six digits at least in the first string: an address of version 6 has no more than four between colons
    pattern = form(r"(?<![\w/+:.])\d{1,10}:[A-Za-z0-9/+]{6,64}:[A-Za-z0-9/+]{3,64}(?![\w/+:])")
    examples = (
        "96:vT3kQm8Zr1bYh+Lx0cWnEj2uPd/SaOgF:vTUQmDBYcX0WEji/pF",
        "1536:Kx7vB2nMq9LtRz4WcYf1+HsJd8GpUaEo3iVw6lTkXb0Q:Kx2M9Rz4Yf1Hd8pao36TX0",
    )
    stix = "file:hashes.SSDEEP"
    misp = "ssdeep"
    after = ("url",)

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cls.matched(text)
        threes, odd = divmod(int(value.partition(":")[0]), 3)
        if odd or threes.bit_count() != 1:
            raise InvalidIndicator(f"{shown(text)} is not an ssdeep hash: its block size is not 3, 6, 12, 24 ...")
        return cls._make(value)


class Tlsh(Indicator):
    """A TLSH of a file: 70 hex digits in upper case; the prefix ``T1`` of newer ones is dropped."""

    __slots__ = ()
    kind = "tlsh"
    pattern = form(r"(?<![0-9A-Za-z])(?:[Tt]1)?[0-9A-Fa-f]{70}(?![0-9A-Za-z])")
    examples = (
        "8F31C0A47DB2E59613F8D04CB7A29E5510C3F68D47B1A02E9C5D3F7086E4B1A92D0C57",
        "2A90E4D1B7C3586FA10D92E35B84C7F61D0A39E852C74B6FD38E15A09B2C7D4F60E183",
    )
    stix = "file:hashes.TLSH"
    misp = "tlsh"

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls._make(cls.matched(text).upper().removeprefix("T1"))


class Ja4(Indicator):
    """A JA4 fingerprint of a TLS client, e.g. ``t13d1516h2_0123456789ab_ba9876543210``."""

    __slots__ = ()
    kind = "ja4"
    # transport, version of TLS, whether a name was asked for, numbers of ciphers and extensions, ALPN; two hashes
    pattern = form(
        r"(?<![0-9A-Za-z_])[tqd](?:1[0-3]|[sd][1-3]|00)[di]\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}(?![0-9A-Za-z_])",
        re.IGNORECASE,
    )
    examples = ("t13d1516h2_0123456789ab_ba9876543210", "q13i0312h3_55b375c5d22e_06cda9e17597")
    stix = "x-ja4:value"
    misp = "text"
    after = ("url",)

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls._make(cls.matched(text).lower())


Hash = Md5 | Sha1 | Sha256
