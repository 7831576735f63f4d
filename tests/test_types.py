"""Each type by itself: what it accepts and refuses, what it makes of it, what it finds, and how long that takes."""

import time

import pytest

from ioclib.errors import InvalidIndicator
from ioclib.indicators import (
    ASN,
    CIDR,
    CVE,
    CWE,
    MAC,
    URL,
    Attack,
    Bch,
    Btc,
    Domain,
    Email,
    Eth,
    FilePath,
    Ja3,
    Ja4,
    Ltc,
    Mutex,
    Onion,
    Reach,
    Registry,
    Sha512,
    Sol,
    Ssdeep,
    Telegram,
    Tlsh,
    UserAgent,
    Xmr,
    Yara,
    Zec,
    types,
)
from ioclib.indicators import Indicator as Type

ONION = Onion.examples[0]
CANONICAL: list[tuple[type[Type], str, str]] = [
    (Sha512, Sha512.examples[0].upper(), Sha512.examples[0]),
    (Ja3, " 5EB63BBBE01EEED093CB22BB8F5ACDC3\n", "5eb63bbbe01eeed093cb22bb8f5acdc3"),
    (Ja4, Ja4.examples[0].upper(), Ja4.examples[0]),
    (Tlsh, "T1" + Tlsh.examples[0], Tlsh.examples[0]),
    (Tlsh, Tlsh.examples[0].lower(), Tlsh.examples[0]),
    (Ssdeep, Ssdeep.examples[0], Ssdeep.examples[0]),
    (CIDR, "203.0.113.9/24", "203.0.113.0/24"),
    (CIDR, "203.000.113.009/24", "203.0.113.0/24"),
    (CIDR, "2001:DB8:0::1/32", "2001:db8::/32"),
    (CIDR, "0.0.0.0/0", "0.0.0.0/0"),
    (ASN, "AS64500", "AS64500"),
    (ASN, "AS 64500", "AS64500"),
    (ASN, "ASN64500", "AS64500"),
    (ASN, "ASN: 064500", "AS64500"),
    (ASN, "as64500", "AS64500"),
    (MAC, "00-00-5E-00-53-AF", "00:00:5e:00:53:af"),
    (MAC, "0000.5e00.53AF", "00:00:5e:00:53:af"),
    (Onion, ONION.upper() + ":8080", ONION),
    (Onion, f"*.a.{ONION}.", f"a.{ONION}"),
    (Email, "Some.Body+x@Bücher.Example", "some.body+x@xn--bcher-kva.example"),
    (Email, "bounce-77=who=a.example@b.example", "bounce-77=who=a.example@b.example"),
    (Email, f"a@{ONION}", f"a@{ONION}"),
    (URL, f"HTTP://{ONION.upper()}", f"http://{ONION}/"),
    (URL, "LDAPS://Dir.Example:/A", "ldaps://dir.example/A"),
    (URL, "tcp://192.0.2.1:80/path", "tcp://192.0.2.1:80/path"),
    (URL, "wss://a.example?x=1", "wss://a.example/?x=1"),
    (URL, "stratum+tcp://pool.example:3333", "stratum+tcp://pool.example:3333/"),
    (Domain, "shop.co.za", "shop.co.za"),
    (CVE, "cve 2021_44228", "CVE-2021-44228"),
    (CVE, "CVE\u20112021\u201344228", "CVE-2021-44228"),
    (CVE, "CVE-1999-0001", "CVE-1999-0001"),
    (CWE, "cwe 79", "CWE-79"),
    (Attack, "t1059.001", "T1059.001"),
    (Attack, "T1059/001", "T1059.001"),
    (Attack, "ta0002", "TA0002"),
    (Registry, "HKLM\\Software\\Example\\", "HKEY_LOCAL_MACHINE\\Software\\Example"),
    (Registry, "hkcu\\\\Software\\\\A b", "HKEY_CURRENT_USER\\Software\\A b"),
    (Registry, "<HKCR>\\*\\shell", "HKEY_CLASSES_ROOT\\*\\shell"),
    (Registry, "HKU:\\.DEFAULT\\X", "HKEY_USERS\\.DEFAULT\\X"),
    (Registry, "hkey_current_config\\X", "HKEY_CURRENT_CONFIG\\X"),
    (FilePath, '"C:\\\\Users\\\\Public\\\\a b.exe"', "C:\\Users\\Public\\a b.exe"),
    (FilePath, "\\\\\\\\192.0.2.7\\\\share\\\\a.js", "\\\\192.0.2.7\\share\\a.js"),
    (FilePath, "\\\\192[.]0[.]2[.]7\\share\\a[.]js", "\\\\192.0.2.7\\share\\a.js"),
    (FilePath, "%TEMP%\\a%USERNAME%.lnk", "%TEMP%\\a%USERNAME%.lnk"),
    (FilePath, "/var/tmp/.a/b", "/var/tmp/.a/b"),
    (Mutex, " Local\\SM0:1:2:x_02 ", "Local\\SM0:1:2:x_02"),
    (UserAgent, "curl/8.0", "curl/8.0"),
    (Yara, "private rule  Example", "Example"),
    (Telegram, "@Example_Channel", "example_channel"),
    (Telegram, "https://t.me/s/Example_Channel/", "example_channel"),
    (Btc, Btc.examples[2].upper(), Btc.examples[2]),
    (Ltc, Ltc.examples[2].upper(), Ltc.examples[2]),
    (Bch, "bitcoincash:" + Bch.examples[0], Bch.examples[0]),
    (Bch, Bch.examples[0].upper(), Bch.examples[0]),
    (Eth, "0X00112233445566778899AABBCCDDEEFF00112233", Eth.examples[1]),
]


@pytest.mark.parametrize(("kind", "text", "value"), CANONICAL)
def test_canonical_forms(kind: type[Type], text: str, value: str) -> None:
    assert kind(text).value == value
    assert kind(value).value == value


WRONG: list[tuple[type[Type], str, str]] = [
    (Sha512, "ab" * 63, "not of the type sha512"),
    (Ssdeep, "97:vT3kQm8Zr1bYh:TUQmDB", "block size"),
    (Ssdeep, "12:34:56", "not of the type"),
    (Tlsh, "T2" + Tlsh.examples[0], "not of the type"),
    (Ja4, "x13d1516h2_0123456789ab_ba9876543210", "not of the type"),
    (CIDR, "203.0.113.0", "not of the type"),
    (CIDR, "203.0.113.0/33", "/33 is too long"),
    (CIDR, "2001:db8::/129", "/129 is too long"),
    (CIDR, "300.0.113.0/8", "octet 300 is above 255"),
    (CIDR, "1:2:3/8", "not an IPv6 address"),
    (ASN, "AS0", "from 1 to"),
    (ASN, "AS4294967296", "from 1 to"),
    (ASN, "as 64", "not of the type"),
    (MAC, "00:00:5e:00:53", "not of the type"),
    (MAC, "00:00-5e:00:53:af", "not of the type"),
    (Onion, "abc.onion", "56 or 16"),
    (Onion, "mail.example", "56 or 16"),
    (Domain, ONION, "only known inside Tor"),
    (Email, "mail.example", "no @"),
    (Email, "a..b@mail.example", "no mailbox"),
    (Email, "@mail.example", "no mailbox"),
    (Email, "a" * 65 + "@mail.example", "no mailbox"),
    (Email, "\u0130@mail.example", "no mailbox"),  # in lower case, a letter and a mark that belongs into no name
    (Email, "a@localhost", "no mail domain"),
    (Email, "a@mail.notatld", "no public suffix"),
    (Email, "a@mail.example:25", "cannot be part of a name"),
    (URL, "gopher://a.example/", "not a URL"),
    (CVE, "CVE-1998-0001", "since 1999"),
    (CVE, "CVE-2021-123", "not of the type"),
    (CVE, "CVE-2021-12345678901234567890", "not of the type"),
    (CWE, "CWE-12345", "not of the type"),
    (Attack, "T1059.0012", "not of the type"),
    (Attack, "T2059", "not of the type"),
    (Registry, "HKLM\\", "not a registry key"),
    (Registry, "SOFTWARE\\Example", "not a registry key"),
    (Registry, "HKLM\\a\nb", "not a registry key"),
    (FilePath, "a.exe", "not the whole path"),
    (FilePath, "C:\\", "not the whole path"),
    (FilePath, "C:\\a\x00b", "not the whole path"),
    (FilePath, "//cdn.example/a", "not the whole path"),
    (Mutex, "", "up to 260 characters"),
    (Mutex, "a" * 261, "up to 260 characters"),
    (UserAgent, "a\r\nb", "on one line"),
    (Yara, "1st", "not the name of a YARA rule"),
    (Yara, "a-b", "not the name of a YARA rule"),
    (Telegram, "@abc", "5 to 32"),
    (Telegram, "1abcdef", "5 to 32"),
    (Btc, Ltc.examples[0], "not of the type"),
    (Btc, "bc1" + Ltc.examples[2].removeprefix("ltc1"), "checksum is wrong"),
    (Btc, "B" + Btc.examples[2][1:], "not of the type"),
    (Eth, "0x0011", "not of the type"),
    (Xmr, "4" + "z" * 94, "main network"),
    (Xmr, Xmr.examples[0][:-1] + "d", "checksum is wrong"),
    (Sol, "1" * 32, "capital and small letters"),
    (Sol, "abcdefghijkmnopqrstuvwxyzABCDEFGH23", "not 32 bytes"),
]


@pytest.mark.parametrize(("kind", "text", "says"), WRONG)
def test_what_is_refused(kind: type[Type], text: str, says: str) -> None:
    with pytest.raises(InvalidIndicator, match=says) as caught:
        kind(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", types(), ids=lambda kind: kind.kind)
@pytest.mark.parametrize("text", ["", " ", "\x00", "x\ny", "\ud800", "é" * 50_000, "\\" * 50_000, "1" * 50_000])
def test_nonsense_is_refused_with_our_own_error(kind: type[Type], text: str) -> None:
    with pytest.raises(InvalidIndicator):
        kind(text)


CHECKSUMMED = [*["bch", "btc", "dash", "doge", "ltc", "trx", "xrp", "zec"]]


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for kind in types() if kind.kind in CHECKSUMMED for text in kind.examples] + [(Onion, ONION)],
)
def test_one_wrong_character_is_refused(kind: type[Type], text: str) -> None:
    address = text.removesuffix(".onion")
    for place in range(len(address)):
        other = next(one for one in "2345qpzr" if one != address[place])
        with pytest.raises(InvalidIndicator):
            kind(address[:place] + other + text[place + 1 :])


def test_a_wallet_is_of_one_currency() -> None:
    kinds = [kind for kind in types() if kind.kind in CHECKSUMMED]
    for kind in kinds:
        for text in kind.examples:
            assert [one for one in kinds if _accepts(one, text)] == [kind]


def test_a_later_version_of_segregated_witness_has_the_later_checksum() -> None:
    zero, one = Btc.examples[2:]
    assert zero[3] == "q"
    assert one[3] == "p"
    assert not _accepts(Btc, zero.replace("bc1q", "bc1p"))
    assert not _accepts(Btc, "bc1qw508d6qejxtdg4y5r3zarvaryvqyzf3du")  # BIP 173: a length that version 0 has not
    assert not _accepts(Btc, "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du")  # version 2, with the earlier checksum


def test_shielded_zcash() -> None:
    assert Zec.examples[2].startswith("zs1")


def _accepts(kind: type[Type], text: str) -> bool:
    try:
        kind(text)
    except InvalidIndicator:
        return False
    return True


CONTAINED: list[tuple[Type, list[str]]] = [
    (CIDR("203.0.113.9/24"), ["IPv4('203.0.113.0')"]),
    (CIDR("203.0.113.9/32"), ["IPv4('203.0.113.9')"]),
    (CIDR("2001:db8::1/128"), ["IPv6('2001:db8::1')"]),
    (Email("a@mail.example"), ["Domain('mail.example')"]),
    (Email(f"a@{ONION}"), [f"Onion('{ONION}')"]),
    (URL("https://u:p@mail.example:8080/x"), ["Domain('mail.example')"]),
    (URL("http://203.0.113.9/x"), ["IPv4('203.0.113.9')"]),
    (URL("http://0x7f.1/x"), ["IPv4('127.0.0.1')"]),
    (URL("http://[2001:db8::1]:80/x"), ["IPv6('2001:db8::1')"]),
    (URL(f"http://www.{ONION}/x"), [f"Onion('www.{ONION}')"]),
    (URL("http://mistyped.onion/x"), []),
    (URL("http://intranet/x"), []),
    (Attack("T1059.001"), ["Attack('T1059')"]),
    (Attack("T1059"), []),
    (Onion(ONION), []),
    (Domain("mail.example"), []),
]


@pytest.mark.parametrize(("ioc", "contained"), CONTAINED, ids=str)
def test_what_is_contained(ioc: Type, contained: list[str]) -> None:
    assert list(map(repr, ioc.contains())) == contained


@pytest.mark.parametrize(
    ("ioc", "reach"),
    [
        (CIDR("10.1.2.3/8"), Reach.PRIVATE),
        (CIDR("8.8.8.8/24"), Reach.PUBLIC),
        (CIDR("2001:db8::/32"), Reach.DOCUMENTATION),
        (Email("a@mail.corp"), Reach.INTERNAL_NAME),
        (Email("a@mail.com"), Reach.PUBLIC),
        (URL(f"http://{ONION}/"), Reach.PUBLIC),
        (Onion(ONION), Reach.PUBLIC),
    ],
    ids=str,
)
def test_where_it_means_something(ioc: Type, reach: Reach) -> None:
    assert ioc.reach is reach


FOUND: list[tuple[type[Type], str, list[str]]] = [
    (ASN, "AS64500, AS 64501, ASN: 64502 (as64503), as 64, AS1x", ["AS64500", "AS 64501", "ASN: 64502", "as64503"]),
    (MAC, "00:00:5e:00:53:af. aa:00:00:5e:00:53:af 00:00:5e:00:53", ["00:00:5e:00:53:af"]),
    (CIDR, "203.0.113.0/24, 2001:db8::/32. 203.0.113.0/24/x", ["203.0.113.0/24", "2001:db8::/32"]),
    (Onion, f"-d{ONION} a.{ONION}/x", [ONION, f"a.{ONION}"]),
    (Email, "<b=c@d.example>; from=e@f.example g@h.example.", ["b=c@d.example", "e@f.example", "g@h.example"]),
    (CVE, "XCVE-2021-44228 CVE-2021-44228.", ["CVE-2021-44228"]),
    (Attack, "[T1059], attack.t1003.001, T1059.0012, S2000, G0032.", ["T1059", "t1003.001", "G0032"]),
    (Registry, "HKLM\\A B\\C, HKCU\\D and x. HKU\\E HKCC\\F.", ["HKLM\\A B\\C", "HKCU\\D", "HKU\\E", "HKCC\\F"]),
    (FilePath, "C:\\A B\\c.exe to %TEMP%\\d.", ["C:\\A B\\c.exe", "%TEMP%\\d"]),
    (FilePath, 'run "C:\\a b\\c d.exe" -x', ["C:\\a b\\c d.exe"]),
    (FilePath, "C:\\a\\b.exe /c C:\\Program Files (x86)\\c.dll", ["C:\\a\\b.exe", "C:\\Program Files (x86)\\c.dll"]),
    (FilePath, "GET /tmp/a HTTP/1.1, a.example/etc/b, -O /tmp/c; /dev/null http:\\\\a.example\\b", ["/tmp/c"]),
    (Mutex, "Mutex created: Global\\a7.", ["Global\\a7"]),
    (Mutex, "a mutex named a_7 of 2024", ["a_7"]),
    (Mutex, 'CreateMutexA(NULL, TRUE, "abc")', ["abc"]),
    (UserAgent, '"-" "Mozilla/5.0 (X11; Linux) A/1.0 (KHTML, like Gecko) B/2.0."', [
        "Mozilla/5.0 (X11; Linux) A/1.0 (KHTML, like Gecko) B/2.0"]),
    (UserAgent, "User-Agent: curl/8.0\r\nAccept: */*", ["curl/8.0"]),
    (UserAgent, "uses curl/8.0", []),
    (Yara, "private rule A : b c { condition", ["A"]),
    (Yara, "rule A\n{", ["A"]),
    (Yara, "a rule that says { so }", []),
    (Telegram, "Telegram: @Some_Body, x@mail.example", ["Some_Body"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "found"), FOUND)
def test_what_the_pattern_finds(kind: type[Type], text: str, found: list[str]) -> None:
    group = 1 if kind.pattern.groups else 0
    assert [match[group] for match in kind.pattern.finditer(text)] == found


def test_every_type_has_its_names_elsewhere_and_its_place() -> None:
    kinds = {kind.kind: kind for kind in types()}
    for kind in kinds.values():
        assert kind.stix
        assert kind.misp
        assert len(kind.examples) >= 2
        assert set(kind.after) <= set(kinds)
        assert all(word == word.lower() for word in (*kind.cues, *kind.said))
        assert kind.kind not in _before(kinds, kind)


def _before(kinds: dict[str, type[Type]], kind: type[Type]) -> set[str]:
    found: set[str] = set()
    pending = list(kind.after)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += kinds[name].after
    return found


LONG = 200_000
PIECES = [
    "deadbeef", "1234567890", "a.", ".", "1.", "a1:", ":", "[", "a[.]", "http://", "a@", "a-", "a_", "a", "b=", " ",
    "\n", "\\", "ab\\", "C:\\ab\\", "C:\\A B ", '"C:\\a b ', "\\\\a\\", "%A%\\", "/", "/tmp/", " /tmp/a", "HKLM\\A B\\",
    "%41", "rule a ", "rule a : b ", "Mozilla/5.0 (", "Mozilla/5.0 (a (b ", "user-agent: a/", "mutex: a", "mutex a_",
    "CVE-2021-", "96:aaaaaaa:", "bc1q", "zs1", "T1", "<a=", "é", "Telegram @",
]  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in types() if kind.usual], ids=lambda kind: kind.kind)
def test_a_usual_form_is_canonical_as_it_stands(kind: type[Type]) -> None:
    assert kind.usual
    assert kind.usual.groups == 0, "groups would be mixed up with those of other types"
    usual = [example for example in kind.examples if kind.usual.fullmatch(example)]
    made = [kind.of_usual(example) for example in usual]
    assert [one for one in made if one] == [
        kind.parse(example) for example, one in zip(usual, made, strict=True) if one
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", types(), ids=lambda kind: kind.kind)
def test_patterns_are_linear(kind: type[Type]) -> None:
    for piece in (*PIECES, *kind.examples, kind.examples[0][:-1], kind.examples[0] + " "):
        text = piece * (LONG // len(piece))
        start = time.process_time()
        for _ in kind.pattern.finditer(text):
            pass
        assert time.process_time() - start < 0.8, f"{piece!r} many times"


@pytest.mark.slow
def test_paths_are_found_in_linear_time() -> None:
    for start in ("C:\\", '"C:\\', "HKLM\\", "/tmp/", "mutex: ", "Mozilla/5.0 "):
        for piece in ("a.", "a ", "A ", "A B C D E F G ", "a" * 99 + " ", "(", "(a", "a/1 "):
            text = (start + piece * (2000 // len(piece))) * (LONG // 4000)
            begun = time.process_time()
            for kind in (FilePath, Registry, Mutex, UserAgent):
                for _ in kind.pattern.finditer(text):
                    pass
            assert time.process_time() - begun < 1.6, f"{start!r}, {piece!r} many times"
