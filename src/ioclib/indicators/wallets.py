"""Addresses of cryptocurrencies, told apart by prefix and checksum.

Base58Check: https://en.bitcoin.it/wiki/Base58Check_encoding; segregated witness: BIP 173 and BIP 350; CashAddr:
https://github.com/bitcoincashorg/bitcoincash.org/blob/master/spec/cashaddr.md (read 2026-11).
"""

import hashlib
import re
from collections.abc import Iterable
from typing import ClassVar, Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, form, shown
from ioclib.indicators.keccak import keccak_256

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BASE32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32, _BECH32M = 1, 0x2BC8_30A3

_B58 = "[1-9A-HJ-NP-Za-km-z]"
_B32 = "[02-9ac-hj-np-z]"


def base58(text: str, alphabet: str = _BITCOIN) -> bytes:
    """The bytes that base58 digits stand for; each leading zero digit is a zero byte."""
    number = 0
    for digit in text:
        number = number * 58 + alphabet.index(digit)
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def base58check(text: str, alphabet: str = _BITCOIN) -> bytes | None:
    """The bytes before the checksum of base58 digits; None if the checksum is wrong."""
    decoded = base58(text, alphabet)
    content, checksum = decoded[:-4], decoded[-4:]
    return content if hashlib.sha256(hashlib.sha256(content).digest()).digest()[:4] == checksum else None


def bech32(text: str) -> tuple[list[int], int]:
    """The digits of a bech32 text between prefix and checksum, and what the checksum comes to."""
    prefix, _, rest = text.rpartition("1")
    digits = [_BASE32.index(digit) for digit in rest]
    spread = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    generator = (0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3)
    return digits[:-6], _remainder([*spread, *digits], generator, bits=30)


def _remainder(digits: Iterable[int], generator: tuple[int, ...], *, bits: int) -> int:
    """The remainder of digits of five bits, by a generator of a BCH code."""
    remainder = 1
    for digit in digits:
        top = remainder >> (bits - 5)
        remainder = (remainder & ((1 << (bits - 5)) - 1)) << 5 ^ digit
        for bit, term in enumerate(generator):
            remainder ^= term if top >> bit & 1 else 0
    return remainder


def _is_segwit(address: str) -> bool:
    (version, *program), remainder = bech32(address)
    size, left = divmod(len(program) * 5, 8)
    if left > 4 or program[-1] & ((1 << left) - 1):
        return False
    if version == 0:
        return remainder == _BECH32 and size in (20, 32)
    return remainder == _BECH32M and version <= 16 and 2 <= size <= 40


class _Base58Check(Indicator):
    """A version, twenty bytes of a hash, and a checksum; some currencies have addresses in bech32 as well."""

    __slots__ = ()
    stix: ClassVar[str] = "x-cryptocurrency-wallet:value"
    misp: ClassVar[str] = "text"
    after: ClassVar[tuple[str, ...]] = ("url",)
    alphabet: ClassVar[str] = _BITCOIN
    versions: ClassVar[tuple[bytes, ...]]
    bech32_prefix: ClassVar[str] = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        address = cls.matched(text)
        if cls.bech32_prefix and address.lower().startswith(cls.bech32_prefix):
            return cls._parse_bech32(address.lower())
        content = base58check(address, cls.alphabet)
        if content is None:
            raise InvalidIndicator(f"{shown(text)} is not a wallet ({cls.kind}): its checksum is wrong")
        if content[:-20] not in cls.versions:
            raise InvalidIndicator(f"{shown(text)} is not a wallet ({cls.kind}): it is one of another currency")
        return cls._make(address)

    @classmethod
    def _parse_bech32(cls, address: str) -> Self:
        if not _is_segwit(address):
            raise InvalidIndicator(f"{shown(address)} is not a wallet ({cls.kind}): its checksum is wrong")
        return cls._make(address)


def _digits(*forms: str) -> re.Pattern[str]:
    return form(rf"(?<![0-9A-Za-z])(?:{'|'.join(forms)})(?![0-9A-Za-z])")


def _segwit(prefix: str) -> str:
    lower = rf"{prefix}{_B32}{{11,71}}"
    return rf"{lower}|{prefix.upper()}{_B32.replace('a', 'A').replace('c-hj-np-z', 'C-HJ-NP-Z')}{{11,71}}"


class Btc(_Base58Check):
    """A Bitcoin address: ``1...``, ``3...`` or ``bc1...``."""

    __slots__ = ()
    kind = "btc"
    pattern = _digits(rf"[13]{_B58}{{25,34}}", _segwit("bc1"))
    examples = (
        "161d1fJfnPk9j7HbXX9yXR2NgVkaExvHLD",
        "35mxanRvzL3fL8SjBLAKn7DuwPCbs11uAz",
        "bc1qdav39mxskd0emuyyvef82usayvv8flmtnapuyu",
        "bc1pskeuvra7z28t7ds6vyhtt3emat7a0v94azqwdflk7rehjg00p9fswyfugp",
    )
    misp = "btc"
    versions = (b"\x00", b"\x05")
    bech32_prefix = "bc1"


class Ltc(_Base58Check):
    """A Litecoin address: ``L...``, ``M...`` or ``ltc1...``."""

    __slots__ = ()
    kind = "ltc"
    pattern = _digits(rf"[LM]{_B58}{{25,34}}", _segwit("ltc1"))
    examples = (
        "LUfvKNGauLAsYui3gNkuvSRXDrMG3rPK4e",
        "MFcDxQdhsjHx8bWmTyZ6TZFZwDxKRg39Wh",
        "ltc1qp7yyja0ydge7mh37kfkfjerxp2zkpnhnz99ge5",
    )
    versions = (b"\x30", b"\x32")
    bech32_prefix = "ltc1"


class Doge(_Base58Check):
    """A Dogecoin address: ``D...``, or ``9...`` and ``A...`` of scripts."""

    __slots__ = ()
    kind = "doge"
    pattern = _digits(rf"[D9A]{_B58}{{32,33}}")
    examples = ("DMCpmF9YrJz7T5m1Va1HtPgZgTxBAihJCP", "AArQBdLGyrbpupJPorSiCY9bTmH5udcT1T")
    versions = (b"\x1e", b"\x16")


class Dash(_Base58Check):
    """A Dash address: ``X...``, or ``7...`` of scripts."""

    __slots__ = ()
    kind = "dash"
    pattern = _digits(rf"[X7]{_B58}{{32,33}}")
    examples = ("Xay6PsrNYy6Wvo5dUgWAxS751rAnB82kAm", "7afySVwvz4xgLu3nxciRVWG85ZWNDYdK7J")
    misp = "dash"
    versions = (b"\x4c", b"\x10")


class Zec(_Base58Check):
    """A Zcash address: the transparent ``t1...`` and ``t3...``, the shielded ``zs1...``."""

    __slots__ = ()
    kind = "zec"
    pattern = _digits(rf"t[13]{_B58}{{33}}", rf"zs1{_B32}{{75}}")
    examples = (
        "t1P5rD6Wx7GYi3JvLLMeWKL45DxBCMddCHv",
        "t3Yr3hGYDmHeBZuiXQhpvukU9fz67kzEJBE",
        "zs100lfx025uhkdxm5lrdvymzv6datcr37zhx9wtzm7kupla3x60kpakdd9wudu9yqgfle0vavz49h",
    )
    versions = (b"\x1c\xb8", b"\x1c\xbd")
    bech32_prefix = "zs1"

    @classmethod
    def _parse_bech32(cls, address: str) -> Self:
        if bech32(address)[1] != _BECH32:
            raise InvalidIndicator(f"{shown(address)} is not a wallet ({cls.kind}): its checksum is wrong")
        return cls._make(address)


class Xrp(_Base58Check):
    """An address of the XRP Ledger: ``r...``, in an alphabet of its own."""

    __slots__ = ()
    kind = "xrp"
    pattern = _digits(rf"r{_B58}{{24,34}}")
    examples = ("rn3tZxDdGkwEaXqyYJsPxtX48uQpKTZStV", "rnTbqZdfpgdKpyikmCN6yPCDnv7UguCoip")
    alphabet = _RIPPLE
    versions = (b"\x00",)


class Trx(_Base58Check):
    """A TRON address: ``T...``."""

    __slots__ = ()
    kind = "trx"
    pattern = _digits(rf"T{_B58}{{33}}")
    examples = ("TXXophbpK3HfgPg4G7ckSXiEpBuS5PLhaa", "TX3zwxCZj5UzR7N5SMcS3yFBNbea6NTeQH")
    versions = (b"\x41",)


class Bch(Indicator):
    """A Bitcoin Cash address: ``q...`` or ``p...``, without the prefix ``bitcoincash:``."""

    __slots__ = ()
    kind = "bch"
    pattern = form(rf"(?<![0-9A-Za-z])(?:bitcoincash:)?[qp]{_B32}{{41}}(?![0-9A-Za-z])", re.IGNORECASE)
    examples = ("qp6ztt50u7a330wku00gvhvuwx6kv99xhgkm54lfgd", "pqfu0h4mud7u8ecqqhj5hym8wg0dk2cyrvv952qvdf")
    stix = "x-cryptocurrency-wallet:value"
    misp = "text"
    after = ("url",)

    @classmethod
    def parse(cls, text: str) -> Self:
        address = cls.matched(text).lower().removeprefix("bitcoincash:")
        spread = [ord(letter) & 31 for letter in "bitcoincash"]
        generator = (0x98_F2BC_8E61, 0x79_B76D_99E2, 0xF3_3E5F_B3C4, 0xAE_2EAB_E2A8, 0x1E_4F43_E470)
        digits = [*spread, 0, *map(_BASE32.index, address)]
        if _remainder(digits, generator, bits=40) != 1:
            raise InvalidIndicator(f"{shown(text)} is not a wallet (bch): its checksum is wrong")
        return cls._make(address)


class Eth(Indicator):
    """An Ethereum address: ``0x`` and 40 hex digits, in lower case.

    Mixed case is a checksum (EIP-55) of Keccak-256, which the standard library lacks: it is not verified.
    """

    __slots__ = ()
    kind = "eth"
    pattern = form(r"(?<![0-9A-Za-z])0x[0-9A-Fa-f]{40}(?![0-9A-Za-z])", re.IGNORECASE)
    examples = ("0x000000000000000000000000000000000000dead", "0x00112233445566778899aabbccddeeff00112233")
    stix = "x-cryptocurrency-wallet:value"
    misp = "text"
    after = ("url",)

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls._make(cls.matched(text).lower())


_XMR_NETWORKS = {95: (18, 42), 106: (19,)}  # the first byte, by the number of digits


class Xmr(Indicator):
    """A Monero address: ``4...`` (106 characters with a payment's number), or ``8...`` of a sub-address."""

    __slots__ = ()
    kind = "xmr"
    pattern = _digits(rf"[48]{_B58}{{94}}", rf"4{_B58}{{105}}")
    examples = (
        "42qGbr1CMi5688R7EUz9aMFNEiCvmDEn49Yj68J7oREwVkso5HTpsbYazL14hCbxC4M4ATzhUjEAdbZC2a183eUwVeX5qGc",
        "88nb25VerACBDFEtgBsKjZadrVcvrXgnkGYYHefwwzzi2j1aKkqwDqo4rBr5YQbvuKXT3vnvDiLiPQrXo4eBaHrp3tqtrVG",
        "4BvV1XcddGiJXbvkP7qwZZc1QW7qLrp1CKVXF9WfaU1eRT55XTTVDXuR6mUrdVHRE3Bfb3B9Yqn7DZ75Zcu3Ab5pER9mDVRtZQhAjY2Fkd",
    )
    stix = "x-cryptocurrency-wallet:value"
    misp = "xmr"
    after = ("url",)

    @classmethod
    def parse(cls, text: str) -> Self:
        address = cls.matched(text)
        # eleven digits stand for eight bytes; the seven at the end for five
        blocks = [base58(address[at : at + 11]).lstrip(b"\0") for at in range(0, len(address), 11)]
        *whole, last = blocks
        network = whole[0][0] if len(whole[0]) == 8 else 0
        if any(len(block) > 8 for block in whole) or len(last) > 5 or network not in _XMR_NETWORKS[len(address)]:
            raise InvalidIndicator(f"{shown(text)} is not a wallet (xmr): it is not of the main network")
        decoded = b"".join([*(block.rjust(8, b"\0") for block in whole), last.rjust(5, b"\0")])
        if keccak_256(decoded[:-4])[:4] != decoded[-4:]:
            raise InvalidIndicator(f"{shown(text)} is not a wallet (xmr): its checksum is wrong")
        return cls._make(address)


class Sol(Indicator):
    """A Solana address: 32 bytes in base58.

    There is no checksum: capital and small letters and digits are demanded, and exactly 32 bytes.
    """

    __slots__ = ()
    kind = "sol"
    pattern = _digits(rf"{_B58}{{32,44}}")
    examples = ("4KKvERCKokkRsureVKbBwua8mKNwjXhV2aobC5whnxhb", "8TkA1QoTJqUP4tdv337H5BjhEKYX6pe7iS8FeNbvsDma")
    stix = "x-cryptocurrency-wallet:value"
    misp = "text"
    after = ("url", "file_path", "btc", "ltc", "doge", "dash", "zec", "xrp", "trx", "md5", "sha1")

    @classmethod
    def parse(cls, text: str) -> Self:
        address = cls.matched(text)
        if not all(re.search(letters, address) for letters in ("[a-z]", "[A-Z]", "[0-9]")):
            raise InvalidIndicator(f"{shown(text)} is not a wallet (sol): capital and small letters and digits")
        if len(base58(address)) != 32:
            raise InvalidIndicator(f"{shown(text)} is not a wallet (sol): it has not 32 bytes")
        return cls._make(address)
