# ruff: noqa: E501 - a text and what is found in it are easier to compare on one line
"""Finding indicators in what people paste: rules, not examples by heart. The corpus beside the checkout scores them."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ioclib import InvalidIndicator, defang, detect, extract, extract_stream, readings
from ioclib.extract.scanning import Scanner, ranked
from ioclib.indicators import types

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "ioc-corpus"


def found(text: str, **options: Any) -> list[tuple[str, str]]:
    return [(one.ioc.kind, one.ioc.value) for one in extract(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # defanging, in every style
        ("see evil-one[.]com", "domain evil-one.com"),
        ("evil-one(.)com evil-two{.}com evil-three<.>com", "domain evil-one.com, domain evil-two.com, domain evil-three.com"),
        ("evil-one[dot]com, evil-two(dot)com", "domain evil-one.com, domain evil-two.com"),
        ("evil-one[.com and evil-two.]com", "domain evil-one.com, domain evil-two.com"),
        (r"evil-one\.com evil-two^.com", "domain evil-one.com, domain evil-two.com"),
        ("evil-one [.] com and evil-two [dot] com", "domain evil-one.com, domain evil-two.com"),
        ("evil-one[. ]com and evil-two[ .]com, me[@ ]evil-three.com", "domain evil-one.com, domain evil-two.com, email me@evil-three.com"),
        ("evil-one DOT com", "domain evil-one.com"),
        ("hxxp://evil-one[.]com/a hXXps[:]//evil-two[.]com/b", "url http://evil-one.com/a, url https://evil-two.com/b"),
        ("h**p://evil-one.com/ meow://evil-two.com/ fxp://evil-three.com/", "url http://evil-one.com/, url http://evil-two.com/, url ftp://evil-three.com/"),
        (r"hxxp:\\evil-one[.]com\a.php", "url http://evil-one.com/a.php"),
        (r"ftp:\\evil-one.com\a", "url ftp://evil-one.com/a"),
        ("me_at_evil-one.com", "email me@evil-one.com"),
        (r"https:\/\/evil-one.com\/a", "url https://evil-one.com/a"),
        ("https:// evil-one.com/a", "url https://evil-one.com/a"),
        ("evil-one dot xyz, a.b at evil-two dot us; the dot net, a dot com", "domain evil-one.xyz, email a.b@evil-two.us"),
        ("hosted at evil-one dot com and t1 dot evil-two dot dev", "domain evil-one.com, domain t1.evil-two.dev"),
        ("(wss)://evil-one[.]com:443 (tcp)://10.1.2.3:4443", "url wss://evil-one.com:443/, url tcp://10.1.2.3:4443/"),
        ("me[at]evil-one[.]com, you (at) evil-two (dot) com", "email me@evil-one.com, email you@evil-two.com"),
        ("45[.]77.10(.)1 and 45.77.10[.]2:8080", "ipv4 45.77.10.1, ipv4 45.77.10.2"),
        ("2a02[:]6b8[::]1f", "ipv6 2a02:6b8::1f"),
        ("sip=2a02:6b8:bad::7 DIRECT/2a02:06b8::7", "ipv6 2a02:6b8:bad::7, ipv6 2a02:6b8::7"),
        ("evil\u00ad-one.com evil-two。com", "domain evil-one.com, domain evil-two.com"),
        # where a link ends
        ("(see http://evil-one.com/a).", "url http://evil-one.com/a"),
        ("http://evil-one.com/a(b)c and http://evil-one.com/?q=[1]", "url http://evil-one.com/a(b)c, url http://evil-one.com/?q=[1]"),
        ("http://evil-one.com/a, http://evil-two.com/b; http://evil-three.com!", "url http://evil-one.com/a, url http://evil-two.com/b, url http://evil-three.com/"),
        ("http://evil-one.com/a,http://evil-two.com/b", "url http://evil-one.com/a, url http://evil-two.com/b"),
        ("**http://evil-one.com/a**", "url http://evil-one.com/a"),
        ("`http://evil-one.com/a`|x", "url http://evil-one.com/a"),
        ('<a href="http://evil-one.com/a">', "url http://evil-one.com/a"),
        ("http://evil-one.com/a…", "url http://evil-one.com/a"),
        ("evil-one.com? (evil-two[.]com?) 10.1.2.3:80? evil-three.com?a=1", "domain evil-one.com, domain evil-two.com, ipv4 10.1.2.3, url http://evil-three.com/?a=1"),
        ("evil-one.com/gate.php?a=1", "url http://evil-one.com/gate.php?a=1"),
        ("http://evil-one.com/検索?q=例 http://evil-one.com/文/a.exe", "url http://evil-one.com/%E6%A4%9C%E7%B4%A2?q=%E4%BE%8B, url http://evil-one.com/%E6%96%87/a.exe"),
        ("访问http://evil-one.com/下载文件 http://evil-one.com/?b=1下载", "url http://evil-one.com/, url http://evil-one.com/?b=1"),
        ("http://u:p@evil-one.com:8080/#f", "url http://u:p@evil-one.com:8080/#f"),
        ("http://evil-one.com/a.sh;sh${IFS}a.sh http://evil-two.com/b;./b http://evil-three.com/c;wget+x", "url http://evil-one.com/a.sh, url http://evil-two.com/b, url http://evil-three.com/c"),
        ('http://evil-one.com/p/$(uname -m) image=evil-two.com/x:1\\"', "url http://evil-one.com/p/, url http://evil-two.com/x:1"),
        # what HTML and JSON make of them
        ("http://evil-one.com/?a=1&amp;b=2 http://evil-one.com/?a=1\\u0026c=2", "url http://evil-one.com/?a=1&b=2, url http://evil-one.com/?a=1&c=2"),
        ("evil-one&#46;com me&#64;evil-two.com http:&#x2F;&#x2F;evil-three.com&#x2F;a", "domain evil-one.com, email me@evil-two.com, url http://evil-three.com/a"),
        # addresses
        ("10.1.2.3:443/tcp,10.1.2.4:80/udp", "ipv4 10.1.2.3, ipv4 10.1.2.4"),
        ("10.1.2.3:443, 10.1.2.0/24 [10.1.2.4]", "ipv4 10.1.2.3, cidr 10.1.2.0/24, ipv4 10.1.2.4"),
        ("C2_10.1.2.3 host:10.1.2.4 ip=10.1.2.5", "ipv4 10.1.2.3, ipv4 10.1.2.4, ipv4 10.1.2.5"),
        ("2001:db8::7, [2001:db8::8]:443 fe80::1%eth0 2001:db8::/32", "ipv6 2001:db8::7, ipv6 2001:db8::8, ipv6 fe80::1, cidr 2001:db8::/32"),
        ("0.0.0.0/0, ::/0 but std::/2", "cidr 0.0.0.0/0, cidr ::/0"),
        ("::ffff:10.1.2.3", "ipv6 ::ffff:10.1.2.3"),
        # the words beside a value
        ("imphash: 0123456789abcdef0123456789abcdef", "imphash 0123456789abcdef0123456789abcdef"),
        ("MD5: 0123456789abcdef0123456789abcdef", "md5 0123456789abcdef0123456789abcdef"),
        ("* JA3S:\n0123456789abcdef0123456789abcdef", "ja3 0123456789abcdef0123456789abcdef"),
        ("it has the import\nhash 0123456789abcdef0123456789abcdef", "imphash 0123456789abcdef0123456789abcdef"),
        ("md5,imphash\n0123456789abcdef0123456789abcdef,x", "md5 0123456789abcdef0123456789abcdef"),
        ("has an imphash.\nMD5 0123456789abcdef0123456789abcdef", "md5 0123456789abcdef0123456789abcdef"),
        ("0123456789abcdef\u200b0123456789abcdef and 0123456789abcdef\u00ad01234567\u00ad89abcdef", "md5 0123456789abcdef0123456789abcdef, md5 0123456789abcdef0123456789abcdef"),
        ("ja3=0123456789abcdef0123456789abcdef", "ja3 0123456789abcdef0123456789abcdef"),
        # others
        ("CVE-2024-3094, cve 2021 44228 and CVE_2023_1234", "cve CVE-2024-3094, cve CVE-2021-44228, cve CVE-2023-1234"),
        ("[T1059.001] and TA0002 via AS 64500 (AS64501)", "attack T1059.001, attack TA0002, asn AS64500, asn AS64501"),
        ("mutex Global\\Example_7 under HKCU\\Software\\Example", "mutex Global\\Example_7, registry HKEY_CURRENT_USER\\Software\\Example"),
    ],
)  # fmt: skip
def test_what_is_found(text: str, expected: str) -> None:
    assert ", ".join(" ".join(one) for one in found(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "main.py imports utils.py and calls run.sh before cleanup.pl",
        "System.Net.WebClient, java.util.ArrayList and this.name = name; document.body",
        "com.example.app.update and org.example.app.web",
        "Version 4.2.1.0 or later; v7.2.4.1; FileVersion: 6.1.7601.1; upgrade to 10.2.1.7",
        "running 5.6.7.8 or 5.6.7.9; Versionen 8.1.0.0; Foxmail 7.2.25.331",
        "対象はバージョン6.4.0.2以前：修正版6.4.0.5へ。 5.4.1.7 버전, 버전(9.0.91.3)",
        "10.2.1.7 or higher, Agent 8.14.1.2 upgraded from version 8.13.4.1",
        "version installed: 1.2.3.4, the version\n1.2.3.5, Версия протокола 1.2.3.6, Sec. 4.1.2.3, LibreOffice/7.4.7.2$Linux",
        "versions 22.7.2.4, 22.7.2.5 and 9.1.14.4; before 10.2.9.1 and 11.0.4.1. Connect Secure 9.1.14.4 | >= 10.2.9.1 |",
        "CEF:0|Acme|Wall|10.1.6.1|x LEEF:1.0|Acme|Radar|7.5.0.1|x <Version>5.6.7.8</Version> a.js?ver=3.6.0.1 Edg/120.0.0.0",
        "at Bar.run(Bar.java:897), script.py:12",
        '"version": "3.1.4.2", newVersion="13.0.0.0", pkg==1.2.3.4, version is 2.3.4.5, § 5.4.3.2, AnyDesk 7.0.14.0, das Update auf 5.10.16.3',
        "SELECT u.name, o.id FROM users u; ${{ matrix.name }} After=network.target",
        "url=http%3A%2F%2Fevil.com%2Fa",
        "e.app t.is u.ID o.total t.to(r) reverse('app.name') df.info() Notes.app foo.pb.cc face::bad()",
        "ASP.NET, Socket.io, self.info, event.target.id, host.name=x",
        "1.2.3.4.5 and 300.1.2.3 and 1.2.3 and 111.12.15.14.05",
        "12:34:56, 1::2, std::string::npos, 00:11:22:33:44, 12:34:567, std::bad::fade",
        "e.g. this, i.e. that, etc. and so on. He went.There.",
        "http:// and https:// are schemes",
        "foo@bar, @handle and #tag",
        "550e8400-e29b-41d4-a716-446655440000",
        "XT1059 T1059.0012 CVE-21-1234 ALIAS1234",
        "libc.so, loader.cc, notes.ps, readme.md and archive.zip, report.final.v2.zip",
        "ver. 12.1.0.5 → 12.1.0.6, v1.2.3.4 -> 1.2.3.5",
        "(report-12.xlsm), a_7-b2.zip; x9-ab12.cc!",
        "obj.method().name returns self.value",
        "new.NET malware",
        "a word, another word. And-so-on!",
    ],
)
def test_what_is_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("from m.x-y.com (m.x-y.com [IPv6:2a00:1450::52d])", ["m.x-y.com", "m.x-y.com", "2a00:1450::52d"]),
        ("v=spf1 ip6:2a02:fe80::/46 src:2001:db8::5", ["2a02:fe80::/46", "2001:db8::5"]),
        ("BSSID:F0:9F:C2:11:22:33 MAC:aa:bb:cc:00:11:22", ["f0:9f:c2:11:22:33", "aa:bb:cc:00:11:22"]),
        ("dead:beef::1:5", ["dead:beef::1:5"]),
        ("relay=mx1.evil-x.org[198.18.0.5]:25, names.name[0]", ["mx1.evil-x.org", "198.18.0.5"]),
        ("域名evil-cn.com被封 访问evil-x[.]com下载 例子.com", ["evil-cn.com", "evil-x.com", "xn--fsqu00a.com"]),
        ("gate_dot_evil-x_dot_top", ["gate.evil-x.top"]),
        (
            "样本来自http://evil-x.com/a，发件人为me@evil-x.com。该样本连接8443和10.1.2.3。",
            ["http://evil-x.com/a", "me@evil-x.com", "10.1.2.3"],
        ),
        (
            "src=10.1.2.3^usrName=me@evil-x.com^sev=7 <CAJk7=vQ9_2b@mail.x-y.com>",
            ["10.1.2.3", "me@evil-x.com", "cajk7=vq9_2b@mail.x-y.com"],
        ),
        ("rcpt2=me@evil-x.com srcUser=you@evil-x.com", ["me@evil-x.com", "you@evil-x.com"]),
        ("via host31.x-y.pl: x, a.x-y.cc", ["host31.x-y.pl", "a.x-y.cc"]),
        ("Evil-CDN.Org. System.IO System.Net-Foo", ["evil-cdn.org"]),
        (
            "evil-x.com(10.1.2.3), a-b.com[10.1.2.4] a-b.com(x) a-b.com[0]",
            ["evil-x.com", "10.1.2.3", "a-b.com", "10.1.2.4"],
        ),
        ("one—evil-x[.]com—at 10.1.2.3—and http://a-b.com/c—too", ["evil-x.com", "10.1.2.3", "http://a-b.com/c"]),
        ("WWW.Evil.NET or Cdn.Evil-Update.com", ["www.evil.net", "cdn.evil-update.com"]),
    ],
)
def test_what_is_glued_to_names_and_addresses(text: str, values: list[str]) -> None:
    assert [value for _, value in found(text)] == values


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (
            r'reg add "HKCU\Software\Internet Settings" /v x',
            "registry",
            r"HKEY_CURRENT_USER\Software\Internet Settings",
        ),
        (r"reg add HKCU\Software\Windows Defender /v x", "registry", r"HKEY_CURRENT_USER\Software\Windows Defender"),
        (r"[HKCU\Software\A b\C d]", "registry", r"HKEY_CURRENT_USER\Software\A b\C d"),
        (r"Computer\HKEY_CURRENT_USER\Software\Zed", "registry", r"HKEY_CURRENT_USER\Software\Zed"),
        (r"PDB: E:\Projects\RAT v2\Debug\a.pdb and more\of", "file_path", r"E:\Projects\RAT v2\Debug\a.pdb"),
        ("rule One : apt\n{ condition: true }", "yara", "One"),
        ("private global rule Two\n{ condition: true }", "yara", "Two"),
        ('{"category": "mutex", "name": "x_1", "pid": 4}', "mutex", "x_1"),
        (r"drops C:\Temp\Adobe Update.lnk and runs it", "file_path", r"C:\Temp\Adobe Update.lnk"),
        (r"C:\Temp\Invoice May 2024.pdf.exe.", "file_path", r"C:\Temp\Invoice May 2024.pdf.exe"),
        (r"Resources {file:_C:\Temp\a.exe, process:_pid:9812", "file_path", r"C:\Temp\a.exe"),
        ("파일경로C:\\Temp\\a.dll를 확인", "file_path", "C:\\Temp\\a.dll"),
        ("curl -d @/etc/passwd", "file_path", "/etc/passwd"),
        (
            "in /Users/ann/Library/Application Support/.gd/agent, and",
            "file_path",
            "/Users/ann/Library/Application Support/.gd/agent",
        ),
        (r"(C:\Temp\Data Sheet (1).docx)", "file_path", r"C:\Temp\Data Sheet (1).docx"),
        (r"saved in C:\Temp. Then Foo.exe", "file_path", r"C:\Temp"),
        (r"copied to C:\Temp\A and then B.exe ran", "file_path", r"C:\Temp\A"),
        (r"C:\Temp\Loader downloads Stage.exe", "file_path", r"C:\Temp\Loader"),
        (r"C:\Windows\wscript Foo.vbs", "file_path", r"C:\Windows\wscript"),
        (r"C:\Windows\a.exe Foo.dll", "file_path", r"C:\Windows\a.exe"),
        ("Mutex created by the loader: X_1", "mutex", "X_1"),
        ("Mutex ➜ X_1", "mutex", "X_1"),
        ("Mutex -> X_1", "mutex", "X_1"),
        ("**Mutex:** abc_3", "mutex", "abc_3"),
        ("User-Agent: Example Client/1.0\r\nAccept: */*", "user_agent", "Example Client/1.0"),
        ('- - [x] "GET /a HTTP/1.1" 404 153 "-" "curl/7.88.1"', "user_agent", "curl/7.88.1"),
        ("User-Agent string `Example/1.1 (build 7)`", "user_agent", "Example/1.1 (build 7)"),
        ("UA: Wget/1.21.3", "user_agent", "Wget/1.21.3"),
        ("Add('User-Agent','Example/5.0 Zeta');", "user_agent", "Example/5.0 Zeta"),
        ("TG @example_bot", "telegram", "example_bot"),
    ],
)
def test_how_texts_write_what_is_on_a_machine(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "path", [r"HKEY_LOCAL_MACHINE\SOFTWARE\Windows Defender", r"C:\Program Files\Foo\my app.exe", r"E:\RAT v2\a b.pdb"]
)
def test_a_pasted_path_may_have_spaces(path: str) -> None:
    assert detect(path).value == path


@pytest.mark.parametrize(
    ("text", "value"),
    [("/etc/passwd,", "/etc/passwd"), ("C:\\Temp\\a.exe;", "C:\\Temp\\a.exe"), ("/opt/a/b.", "/opt/a/b")],
)
def test_punctuation_behind_a_pasted_path_is_not_its_own(text: str, value: str) -> None:
    assert detect(text).value == value


@pytest.mark.parametrize("text", [r"C:\Temp\a.exe was run", r"HKCU\Software\A was set", "/tmp/.a/b was run"])
def test_a_sentence_is_no_path(text: str) -> None:
    with pytest.raises(InvalidIndicator, match="more than one word"):
        detect(text)


def test_addresses_as_firewalls_write_them() -> None:
    text = "outside:91.240.118.5/443 (5.6.7.8/443) to inside:10.1.1.1/51234, 9.9.9.0/255.255.255.0, 1.2.3.4/443a"
    assert [value for _, value in found(text)] == [
        *("91.240.118.5", "5.6.7.8", "10.1.1.1", "9.9.9.0", "255.255.255.0", "http://1.2.3.4/443a")
    ]


def test_where_links_end() -> None:
    rewritten = "https://urldefense.com/v3/__https://evil.com/x?z=1__;!!AbC!dEf$"
    assert [value for _, value in found(f"{rewritten} url=http://a.com/x.php^user=b@c.com^time=")] == [
        *(rewritten, "http://a.com/x.php", "b@c.com")
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sni=evil-2c1c65.pl rest", ["evil-2c1c65.pl"]),
        ("sni=cdn.evil-2.pl backup=cdn.2024.pl", ["cdn.evil-2.pl"]),
        ("from=www.evil-2.sh path=run-2.sh dst/cdn.evil-2.pl", ["www.evil-2.sh"]),
        ("host=report.2024.zip", []),
        ('{"domain": "evil.zip", "file": "evil.zip"}', ["evil.zip"]),
        ("C2: cdn.evil.cc, file: loader.cc", ["cdn.evil.cc"]),
        ("host=self.host, domain=this.name", []),
        ("0.0.0.0 evil.sh\n", ["0.0.0.0", "evil.sh"]),
        ("||one.pl^\r\n||two.pl^\r\n||three.com^\r\n", ["one.pl", "two.pl", "three.com"]),
        ("setup.py\nREADME.md\nrun.sh\n", []),
        ("evil.com\nloader.exe\nrun.sh\n", ["evil.com"]),
        ("evil.com\nand then run.sh\n", ["evil.com"]),
    ],
)
def test_what_ends_like_a_file_is_a_name_where_that_is_said(text: str, names: list[str]) -> None:
    assert [value for _, value in found(text)] == names


def test_where_it_stands() -> None:
    text = "first\nC2: hxxps://evil-one[.]com/a, then\r\n 10[.]1.2.3 and evil-two.com\n"
    for one in extract(text):
        assert text[one.start : one.end] == one.written
    lines = [(one.written, one.defanged, one.line) for one in extract(text)]
    assert lines == [
        ("hxxps://evil-one[.]com/a", True, 2),
        ("10[.]1.2.3", True, 3),
        ("evil-two.com", False, 3),
    ]


def test_options() -> None:
    text = "evil-one.com evil-one[.]com 10.1.2.3"
    assert found(text, unique=True) == [("domain", "evil-one.com"), ("ipv4", "10.1.2.3")]
    by_name = {kind.kind: kind for kind in types()}
    assert found(text, kinds=[by_name["ipv4"]]) == [("ipv4", "10.1.2.3")]
    assert extract(text, context=5)[1].context == ".com evil-one[.]com 10.1"


def test_every_type_is_found_where_it_may_stand_alone() -> None:
    for kind in types():
        said = f"{kind.said[0]} " if kind.said else ""
        form = {"yara": "rule {} {{ condition: true }}", "telegram": "on Telegram: @{}"}.get(
            kind.kind, f"x, {said}{{}}\n"
        )
        for written in kind.examples:
            text = form.format(written)
            assert (kind.kind, written) in found(text), text


def test_a_type_goes_behind_those_it_names() -> None:
    order = [kind.kind for kind in ranked()]
    for kind in types():
        for before in kind.after:
            assert order.index(before) < order.index(kind.kind)


TOKENS = st.sampled_from(
    [
        "evil-one.com", "hxxp://evil[.]example.com/a?b=1,2", "10.1.2.3", "10.1.2.0/24", "me@evil-one.com", "CVE-2024-3094",
        "2001:db8::1", "a" * 70, "0123456789abcdef" * 2, "word", "x,y", "(", "[.]", "@", "://", "..", "\u00ad", "\n", "é", "İ",
        "HKLM\\Software\\X", "C:\\a b\\c.exe", "mutex", "User-Agent: curl/8.0", "telegram @some_handle", "1.2.3", "rule a {",
    ]
)  # fmt: skip
TEXTS = st.lists(TOKENS | st.text(max_size=12), max_size=40).map(" ".join)


@given(TEXTS)
def test_extraction_never_fails_and_offsets_are_true(text: str) -> None:
    end = 0
    for one in extract(text):
        assert one.start >= end, "in order, and none inside another"
        end = one.end
        assert text[one.start : one.end] == one.written
        assert one.line == text.count("\n", 0, one.start) + 1
        assert type(one.ioc)(one.ioc.value) == one.ioc


LABELS = st.text("ab7-", min_size=1, max_size=4)
NAMES = st.builds(
    lambda labels, last: ".".join([*labels, last]),
    st.lists(LABELS, min_size=1, max_size=4),
    st.sampled_from(("com", "net", "co.uk", "info", "7")),
)


@example("cdn.1685810.com", ",")
@given(NAMES, st.sampled_from([",", ";", ".", ":", ")"]))
def test_the_end_of_a_clause_changes_nothing(name: str, end: str) -> None:
    for written in (name, f"http://{name}/a", f"me@{name}", f"host={name}"):
        assert found(written + end) == found(written)


@given(TEXTS, st.integers(1, 30))
@settings(max_examples=50)
def test_a_stream_finds_the_same(text: str, size: int) -> None:
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert list(extract_stream(chunks)) == extract(text)


def test_no_indicator_is_cut_where_a_block_ends() -> None:
    one = "hxxps://evil-one[.]com/some/path "
    for filler in ("word ", "a,b;", "\n"):
        text = (filler * (2**16 // len(filler)) + one) * 4
        assert found(text).count(("url", "https://evil-one.com/some/path")) == 4


@pytest.mark.parametrize("around", ["{}", "see ({}) there", '{{"a":"{}"}}', "word,{},word", "href={}"])
def test_a_link_may_be_long(around: str) -> None:
    link = "http://evil-one.com/?x=" + "aB3%2F" * 2000
    assert found(around.format(link)) == [("url", link)]
    assert found(around.format("hxxp://evil-one[.]com/" + link[20:])) == [("url", link)]


@given(TEXTS)
@settings(max_examples=50)
def test_a_memory_that_is_full_changes_nothing(text: str) -> None:
    assert Scanner(remember=2).scan(text) == Scanner().scan(text)


@given(st.text(max_size=60))
def test_detection_agrees_with_extraction(text: str) -> None:
    try:
        read = readings(text)
    except InvalidIndicator:
        return
    assert detect(text) == read[0]
    assert len({type(one) for one in read}) == len(read)


def test_readings_in_the_order_of_their_likelihood() -> None:
    digits = "0123456789abcdef0123456789abcdef"
    assert readings(digits)[0].kind == "md5"
    assert {one.kind for one in readings(digits)} == {"md5", "imphash", "ja3"}
    assert readings(f"imphash: {digits}")[0].kind == "imphash"
    assert [one.kind for one in readings("8.8.8.8")] == ["ipv4"]


@given(TEXTS)
def test_defanged_text_says_the_same_twice(text: str) -> None:
    assert defang(defang(text)) == defang(text)


@pytest.fixture
def scorer() -> Any:
    """What counts as found, whoever labelled the texts."""
    if not CORPUS.exists():
        pytest.skip("the labelled texts are not beside this checkout")
    spec = importlib.util.spec_from_file_location("score", CORPUS / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labelled(file: Path) -> tuple[list[Any], dict[str, list[dict[str, str]]]]:
    """Labelled texts, and what is found in each."""
    texts = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return texts, {
        one["id"]: [{"type": hit.ioc.kind, "value": hit.ioc.value} for hit in extract(one["text"])] for one in texts
    }


@pytest.mark.parametrize("file", sorted(Path(__file__).with_name("texts").glob("*.jsonl")), ids=lambda file: file.stem)
def test_texts_that_were_labelled_by_who_had_not_seen_the_rules(scorer: Any, file: Path) -> None:
    result, _ = scorer.score(*labelled(file))
    assert result["core"]["f1"] >= 0.98
    assert result["total"]["f1"] >= 0.98


def test_the_labelled_texts(scorer: Any) -> None:
    corpus, predictions = labelled(CORPUS / "dev.jsonl")
    result, _ = scorer.score(corpus, predictions)
    assert result["core"]["f1"] >= 0.985
    assert result["total"]["f1"] >= 0.97
    negative = [one for one in corpus if not one["expected"]]
    clean = [one for one in negative if not scorer.score([one], predictions)[0]["total"]["fp"]]
    assert len(clean) >= 0.99 * len(negative)
    pasted, _ = scorer.score(corpus, predictions, tag="single")
    assert pasted["exact_lines"] >= 0.96 * pasted["lines"]


@pytest.mark.parametrize("written", ["aa:bb:cc:dd:ee:ff", "aabb.ccdd.eeff"])
def test_a_mac_address_of_letters_alone(written: str) -> None:
    assert [one.ioc.value for one in extract(f"from {written}, again")] == ["aa:bb:cc:dd:ee:ff"]
