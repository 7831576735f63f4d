"""Files: what is read of each format, and what hostile ones get."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioclib.errors import UnreadableFile
from ioclib.extract import extract_file
from ioclib.extract.files import (
    Limits,
    Passage,
    Stated,
    isolation,
    parsers,
    read_bytes,
    read_file,
    read_stream,
    wrapping,
)
from ioclib.extract.files.child import READERS, decode, encode
from ioclib.extract.files.pieces import Enclosed, Format, Trouble, Wishes
from ioclib.indicators import Onion
from tests import make_reports as make

MIB = 1 << 20

pyzipper = pytest.importorskip("pyzipper")
zstandard = pytest.importorskip("zstandard")
pytest.importorskip("pypdfium2")

Place = dict[str, str]


def read(data: bytes, name: str = "file", **wishes: Any) -> list[Passage | Stated]:
    return list(read_bytes(data, name, **wishes))


def texts(pieces: Iterable[Passage | Stated]) -> Iterator[str]:
    return (one.text for one in pieces if isinstance(one, Passage))


def places(data: bytes, name: str = "file", **wishes: Any) -> Place:
    """The passages by their places."""
    return {one.place: one.text for one in read(data, name, **wishes) if isinstance(one, Passage)}


def stated(data: bytes, name: str = "file") -> set[tuple[str, str]]:
    return {(one.kind, one.value) for one in read(data, name) if isinstance(one, Stated)}


def indicators(data: bytes) -> set[tuple[str, str]]:
    return {(one.ioc.kind, one.ioc.value) for one in extract_file(io.BytesIO(data))}


def trouble(data: bytes, name: str = "file", **wishes: Any) -> tuple[list[Passage | Stated], str]:
    """What was read of it, and the sentence that says what was not."""
    before: list[Passage | Stated] = []
    with pytest.raises(UnreadableFile) as raised:
        before.extend(read_bytes(data, name, **wishes))
    sentence = str(raised.value)
    assert "\n" not in sentence
    return before, sentence


def kept(pieces: Iterator[Passage | Stated]) -> list[Passage | Stated]:
    """What was read before the end, whatever the end was."""
    before: list[Passage | Stated] = []
    with suppress(UnreadableFile):
        before.extend(pieces)  # keeps what came before an exception
    return before


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252"]
)
def test_text_in_any_encoding(encoding: str) -> None:
    text = "Überall: evil.example, 192.0.2.1\r\n"
    assert places(text.encode(encoding)) == {"line 1": text}


def test_a_log_may_change_its_encoding_from_line_to_line() -> None:
    assert places("müde\n".encode() + "müde €\x81\n".encode("latin-1", "ignore") + b"\x80") == {
        "line 1": "müde\nmüde \x81\n€"
    }


def test_a_large_text_comes_in_pieces_that_end_where_lines_do() -> None:
    line = "192.0.2.1 GET http://evil.example/path\n"
    pieces = read((line * 50_000).encode())
    assert all(isinstance(one, Passage) and one.text.endswith("\n") and len(one.text) <= 256 << 10 for one in pieces)
    assert [one.place for one in pieces][:2] == ["line 1", f"line {len(next(texts(pieces))) // len(line) + 1}"]
    assert "".join(texts(pieces)) == line * 50_000


@pytest.mark.parametrize("separator", [" ", ","])
def test_an_endless_line_is_cut_between_words(separator: str) -> None:
    word = "a-name.evil.example"
    pieces = read(((word + separator) * 200_000).encode())
    assert len(pieces) > 2
    assert {token for text in texts(pieces) for token in text.split(separator)} == {word, ""}


def test_a_large_log_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.log.gz"
    with gzip.open(path, "wb", compresslevel=1) as written:
        for number in range(40):
            written.write(
                hashlib.sha512(b"%d" % number).hexdigest().encode() * 4096 + b"\n" + bytes(range(32, 127)) * 8192
            )
    tracemalloc.start()
    assert sum(len(text) for text in texts(read_file(path))) > 40 * MIB
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MIB


def test_the_standard_input_is_read_as_it_comes() -> None:
    assert [one.place for one in read_stream(io.BytesIO(b"evil.example"), "standard input")] == ["line 1"]


def test_what_is_no_text_is_said() -> None:
    assert trouble(b"\x89PNG\r\n\x1a\n" + bytes(200), "a.png")[1] == "a.png: is a picture, in which no text is read"
    assert trouble(b"MZ" + bytes(200), "a.exe")[1] == "a.exe: is a Windows program, in which no text is read"
    assert trouble(b"7z\xbc\xaf'\x1c\0\x04" + bytes(90), "a.7z")[1] == "a.7z: is a 7-Zip archive: unpack it first"
    assert "binary data" in trouble(bytes(range(256)), "a\x1b[31m.bin")[1]
    assert "\x1b" not in trouble(bytes(range(256)), "a\x1b[31m.bin")[1]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"missing\.txt: cannot be read: No such file"):
        list(read_file(tmp_path / "missing.txt"))
    with pytest.raises(UnreadableFile, match="cannot be read: Is a directory"):
        list(read_file(tmp_path))


def test_an_empty_file_is_nothing() -> None:
    for name in ("a.txt", "a.csv", "a.json", "a.html", "a.eml", "a.yar"):
        assert [one for one in read(b"", name) if isinstance(one, Passage) and one.text] == []


# ── packed ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_files(ending: str) -> None:
    pack = PACKERS[ending]
    assert places(pack(b"evil.example\n"), f"a.log.{ending}") == {"line 1": "evil.example\n"}
    assert places(pack(b"one\n") + pack(b"two\n"), f"a.log.{ending}") == {"line 1": "one\ntwo\n"}
    assert places(pack(b"url,n\nhttp://a.example/,2\n"), f"a.csv.{ending}")["column url, row 2"] == "http://a.example/"
    assert places(pack(make.docx(make.word_paragraph("evil.example"))), f"a.{ending}") == {
        "paragraph 1": "evil.example"
    }


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_bombs_and_broken_ones(ending: str) -> None:
    pack = PACKERS[ending]
    assert trouble(pack(bytes(1) + b"a" * (20 * MIB)), f"a.{ending}")[1].endswith(
        ("it looks like a bomb", "is not read")
    )
    assert "it looks like a bomb" in trouble(pack(b"a" * (20 * MIB)), f"a.{ending}")[1]
    log = "".join(f"{number} {hashlib.md5(b'%d' % number).hexdigest()}\n" for number in range(40_000)).encode()
    packed = pack(log)
    before, sentence = trouble(packed[: len(packed) * 3 // 4], f"a.{ending}")
    assert "is broken: " in sentence
    assert "".join(texts(before)).startswith("0 cfcd208495d565ef66e7dff9f98764da")


def test_packed_in_packed() -> None:
    data = b"evil.example"
    for _ in range(5):
        data = gzip.compress(data)
    assert places(data) == {"line 1": "evil.example"}
    assert "deeper than 5" in trouble(gzip.compress(data))[1]


def test_an_xz_that_wants_all_memory_gets_none() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 28}]
    small = lzma.compress(b"x", filters=filters)
    assert "Memory usage limit" in trouble(small, "a.xz")[1]


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_tables_keep_column_and_row() -> None:
    assert places(b'first,"the, url"\r\nx,"http://a.example/?b=1,2"\r\n', "a.csv") == {
        "column 1, row 1": "first",
        "column 2, row 1": "the, url",
        "column 1, row 2": "x",
        "column 2, row 2": "http://a.example/?b=1,2",
    }
    found = places("Wert;Art\n192.0.2.1;ip\n".encode("utf-16"), "a.csv")
    assert found["column Wert, row 2"] == "192.0.2.1"
    assert places(b"ip\turl\n192.0.2.1\thttp://a.example/a,b\n", "a.tsv")["column url, row 2"] == "http://a.example/a,b"


def test_the_header_may_be_a_comment() -> None:
    feed = b'# Feed of nobody\n# "seen","url"\n"2026-01-01","http://a.example/"\n"2026-01-02","http://b.example/"\n'
    assert places(feed, "feed.csv")["column url, row 4"] == "http://b.example/"


def test_a_table_with_one_column_is_text() -> None:
    assert places(b"192.0.2.1\n192.0.2.2\n", "a.csv") == {"line 1": "192.0.2.1\n192.0.2.2\n"}


def test_a_broken_row_is_read_as_it_is_written() -> None:
    found = places(b'a,b\n1,"' + b"evil.example " * 20_000 + b"\n3,4\n", "a.csv")
    assert "evil.example" in "".join(found.values())


@pytest.mark.slow
def test_a_million_columns() -> None:
    began = time.monotonic()
    assert len(read(b",".join([b"a.example"] * 10**6), "a.csv")) == 10**6
    assert time.monotonic() - began < 20


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_json_keeps_the_path() -> None:
    tree = {"a": [1, "x.example", {"b c": "192.0.2.1"}], "evil.example": None, "n": 7}
    assert places(json.dumps(tree, indent=1).encode()) == {
        "$.a[1]": "x.example",
        '$.a[2]["b c"]': "192.0.2.1",
        "key of $": "evil.example",
    }


def test_json_lines_keep_the_line_too() -> None:
    lines = b'{"a": "x.example"}\n{"a": {"b": "y.example"}}\n{"a": broken.example\n'
    assert places(lines) == {
        "line 1: $.a": "x.example",
        "line 2: $.a.b": "y.example",
        "line 3": '{"a": broken.example\n',
    }


@pytest.mark.parametrize(
    "data", [b'{"a":' * MIB, b"[" * MIB, b'["' + b"a" * 100, b"[" + b"1" * 5000 + b"]", b"[1 Nov] GET /"]
)
def test_what_only_begins_like_json_is_text(data: bytes) -> None:
    assert "".join(texts(read(data, "a.json"))) == data.decode()


def test_half_characters_become_printable() -> None:
    assert places(b'["evil\\ud800.example"]') == {"$[0]": "evil\N{REPLACEMENT CHARACTER}.example"}


def test_no_key_of_a_file_gets_control_over_a_terminal() -> None:
    hashes = {"\x1b[31m": "0" * 32}
    for tree in ({"type": "bundle", "objects": [{"type": "file", "hashes": hashes}]}, hashes):
        (one,) = read(json.dumps(tree).encode(), "a.json")
        assert one.place.isprintable()


def test_stix_states_its_types() -> None:
    bundle = {
        "type": "bundle",
        "id": "bundle--1",
        "objects": [
            {"type": "ipv4-addr", "value": "192.0.2.1"},
            {"type": "ipv4-addr", "value": "192.0.2.0/24"},
            {"type": "domain-name", "value": "evil.example"},
            {"type": "file", "name": "a.exe", "hashes": {"MD5": "0" * 32, "SHA-256": "1" * 64}},
            {
                "type": "windows-registry-key",
                "key": "HKEY_LOCAL_MACHINE\\Software\\Evil",
                "values": [{"name": "c2", "data": "tcp://192.0.2.28:9000"}],
            },
            {"type": "autonomous-system", "number": 64500},
            {
                "type": "indicator",
                "pattern_type": "stix",
                "description": "seen at other.example",
                "pattern": "[ipv6-addr:value = '2001:db8::1' OR url:value IN ('http://a.example/\\'x', 'http://b.example/')]"
                " AND [file:hashes.'SHA-1' = '" + "2" * 40 + "' AND domain-name:value LIKE '%.evil.example']",
            },
            {
                "type": "indicator",
                "pattern_type": "yara",
                "pattern": 'rule Evil { strings: $a = "c.example" condition: $a }',
            },
            {"type": "indicator", "pattern": "[domain-name:value = 'revoked.example']", "revoked": True},
            {"type": "vulnerability", "name": "CVE-2026-10001"},
            {
                "type": "attack-pattern",
                "external_references": [
                    {"source_name": "mitre-attack", "external_id": "T1059", "url": "https://d.example"}
                ],
            },
        ],
    }
    data = json.dumps(bundle).encode()
    assert stated(data) == {
        ("ipv4", "192.0.2.1"),
        ("cidr", "192.0.2.0/24"),
        ("domain", "evil.example"),
        ("file_name", "a.exe"),
        ("md5", "0" * 32),
        ("sha256", "1" * 64),
        ("registry", "HKEY_LOCAL_MACHINE\\Software\\Evil"),
        ("asn", "AS64500"),
        ("ipv6", "2001:db8::1"),
        ("url", "http://a.example/'x"),
        ("url", "http://b.example/"),
        ("sha1", "2" * 40),
        ("yara", "Evil"),
        ("cve", "CVE-2026-10001"),
        ("attack", "T1059"),
    }
    assert places(data)["$.objects[6].description"] == "seen at other.example"
    assert places(data)["$.objects[4].values[0].data"] == "tcp://192.0.2.28:9000"


def test_misp_states_its_types() -> None:
    event = {
        "Event": {
            "info": "Campaign of nobody",
            "Tag": [{"name": 'misp-galaxy:mitre-attack-pattern="Phishing - T1566"'}, {"name": "tlp:clear"}],
            "Attribute": [
                {"type": "ip-dst|port", "value": "192.0.2.1|443", "comment": "also other.example"},
                {"type": "domain|ip", "value": "evil.example|2001:db8::1"},
                {"type": "filename|md5", "value": "a.exe|" + "0" * 32},
                {"type": "filename", "value": "C:\\Temp\\a.exe"},
                {"type": "AS", "value": "64500"},
                {"type": "link", "value": "https://report.example/"},
                {"type": "hostname", "value": "gone.example", "deleted": True},
                {"type": "yara", "value": "rule Evil { condition: true }"},
                {"type": "vulnerability", "value": "CVE-2026-10001"},
            ],
            "Galaxy": [{"GalaxyCluster": [{"value": "Web Shell - T1505.003"}]}],
            "Object": [{"Attribute": [{"type": "sha256", "value": "1" * 64}]}],
        }
    }
    expected = {
        ("ipv4", "192.0.2.1"),
        ("domain", "evil.example"),
        ("ipv6", "2001:db8::1"),
        ("file_name", "a.exe"),
        ("md5", "0" * 32),
        ("file_path", "C:\\Temp\\a.exe"),
        ("asn", "AS64500"),
        ("yara", "Evil"),
        ("cve", "CVE-2026-10001"),
        ("sha256", "1" * 64),
        ("attack", "T1566"),
        ("attack", "T1505.003"),
    }
    for shape in (event, [event], {"response": [event]}, {"response": event}):
        assert stated(json.dumps(shape).encode()) == expected
    assert places(json.dumps(event).encode())["$.Event.Attribute[0].comment"] == "also other.example"


def test_a_stated_value_that_is_defanged_or_has_a_port_is_read_as_text() -> None:
    attributes = [
        {"type": "domain", "value": "a[.]evil.com"},
        {"type": "ip-dst", "value": "192.0.2.1:8080"},
        {"type": "url", "value": "hxxp://b.example/x"},
    ]
    assert indicators(json.dumps({"Event": {"Attribute": attributes}}).encode()) == {
        ("domain", "a.evil.com"),
        ("ipv4", "192.0.2.1"),
        ("url", "http://b.example/x"),
    }


def test_a_path_of_two_keys_says_what_a_value_is() -> None:
    log = {"tls": {"ja3": {"hash": "0" * 31 + "a"}}, "dns": {"host_name": "evil.sh"}, "file": {"name": "update.sh"}}
    assert indicators(json.dumps(log).encode()) == {("ja3", "0" * 31 + "a"), ("domain", "evil.sh")}


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────

YARA = rb"""
import "pe"
// rule NotOne {
rule Evil_One : tag
{
    meta:
        reference = "https://a.example/report"  /* rule NorThis { */
    strings:
        $url = "http://evil.example/\x61\"b" wide
        $re = /evil\d\.example/
        $hex = { 6A 40 ?? }
    condition:
        any of them or pe.imphash() == "00000000000000000000000000000000"
}
private rule Evil_Two { condition: Evil_One }
"""


def test_yara() -> None:
    assert stated(YARA) == {("yara", "Evil_One"), ("yara", "Evil_Two")}
    found = places(YARA)
    assert found["rule Evil_One / $url"] == 'http://evil.example/a"b'
    assert found["rule Evil_One / reference"] == "https://a.example/report"
    assert found["rule Evil_One"].endswith("imphash 00000000000000000000000000000000")


def test_what_comments_and_meta_data_of_yara_rules_say() -> None:
    rule = b"""/* https://a.example/x, 192.0.2.7 */ // rule NotOne {
rule One {
    meta: version = "1.0.0.2" imphash = "00000000000000000000000000000000"
    condition: true
}"""
    assert indicators(rule) == {
        ("url", "https://a.example/x"),
        ("ipv4", "192.0.2.7"),
        ("yara", "One"),
        ("imphash", "0" * 32),
    }


SIGMA = b"""title: Evil
tags:
  - attack.t1059.001
  - cve.2026-10001
logsource:
  product: windows
detection:
  selection:
    Image|endswith: '\\evil.exe'
    Host: [evil.example, "192.0.2.1"]
  condition: selection
"""


def test_sigma() -> None:
    assert stated(SIGMA, "a.yml") == {("attack", "T1059.001"), ("cve", "CVE-2026-10001")}
    assert places(SIGMA, "a.yml")["$.detection.selection.Host[0]"] == "evil.example"


def test_yaml_bombs_are_refused() -> None:
    bomb = b"a0: &a0 [x]\n" + b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)
    )
    assert "YAML aliases" in trouble(SIGMA + bomb, "a.yml")[1]
    began = time.monotonic()
    assert places(SIGMA + b"x: " + b"[" * 100_000)
    assert time.monotonic() - began < 5


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_is_its_text_and_its_links() -> None:
    found = read(
        b"""<!doctype html><title>T</title><script>s.example</script><!-- c.example --><p>evil<b>.</b>com<p>a &amp; b
        <a href="http://l.example/?a=1&amp;b=2">go</a><img src='//i.example/p.png'><a href=/local>x</a>
        <form action=http://f.example/post><button onclick="location='http://o.example'" formaction="http://b.example/">Go
        </button></form><table><tr><td><p>imphash</p></td><td>00ff</td></tr><tr><td>next</table>
        <a href="mailto:m@evil.example?subject=x">mail</a><a href="javascript:alert(1)">j</a>""",
        "a.html",
    )
    text = "".join(one.text for one in found if isinstance(one, Passage) and one.place == "text")
    assert text.splitlines() == ["T", "evil.com", "a & b go x", "Go", "imphash\t00ff", "next", "mailj"]
    assert {one.text for one in found if isinstance(one, Passage) and one.place != "text"} == {
        "http://l.example/?a=1&b=2",
        "i.example/p.png",
        "http://f.example/post",
        "http://b.example/",
        "m@evil.example subject=x",
    }


def test_scripts_and_comments_only_on_request() -> None:
    page = b"<html><script>var a='s.example'</script><!-- c.example --><style>u.example</style><a onclick='o.example'>"
    assert "s.example" not in str(read(page))
    assert set(places(page, scripts=True)) == {"script", "comment", "style", "link"}


def test_buttons_of_outlook_and_letters_by_number() -> None:
    page = b'<html><!--[if mso]><v:rect href="http://b.example/"/><![endif]--><p>evil&#46;ex&#x61;mple &#999999999;'
    assert places(page)["v:rect href"] == "http://b.example/"
    assert places(page)["text"].startswith("evil.example")


def test_the_charset_of_a_page_is_believed() -> None:
    assert "Привет" in places('<html><meta charset="windows-1251">Привет'.encode("cp1251"))["text"]
    assert "Привет" in places('<html><meta charset="punycode">Привет'.encode())["text"]


@pytest.mark.parametrize(
    "part",
    [
        "<!--",
        "<a ",
        '<a b="',
        "</a ",
        "<a b='",
        "<![CDATA[",
        "<td><p>",
        "&#",
        "<title>",
        "<a href=//x.example>",
        "<?",
        "<a/",
    ],
)
def test_hostile_pages_cost_no_more_than_others(part: str) -> None:
    began = time.monotonic()
    kept(read_bytes(("<html>" + part * (MIB // len(part))).encode(), "a.html", scripts=True))
    assert time.monotonic() - began < 5


# ── e-mail ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def mail(**attachments: bytes) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Jörg <evil@sender.example>"
    message["To"] = "victim@corp.example"
    message["Subject"] = "Rechnung für März"
    message["Received"] = "from [192.0.2.9] by mx.corp.example"
    message.set_content("see http://text.example/ü")
    message.add_alternative('<p>Please <a href="http://button.example/go">pay</a></p>', subtype="html")
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return message


def test_mail() -> None:
    found = places(mail().as_bytes())
    assert found["header From"] == "Jörg <evil@sender.example>"
    assert found["header Subject"] == "Rechnung für März"
    assert found["header Received"] == "from [192.0.2.9] by mx.corp.example"
    assert found["body"].strip() == "see http://text.example/ü"
    assert found["HTML body / link"] == "http://button.example/go"


def test_what_is_attached_is_hashed_and_read() -> None:
    page = b"<html><a href=http://inside.example/>x</a>"
    packed = make.archive({"a.html": page, "p.png": b"\x89PNG" + bytes(99)})
    data = mail(invoice_zip=packed).as_bytes()
    assert places(data)["attachment invoice.zip / a.html / link"] == "http://inside.example/"
    assert {("file_name", "invoice.zip"), ("sha256", hashlib.sha256(packed).hexdigest())} <= stated(data)
    assert {("file_name", "a.html"), ("md5", hashlib.md5(page).hexdigest())} <= stated(data)


def test_a_broken_attachment_ends_nothing() -> None:
    before, sentence = trouble(mail(a_pdf=b"%PDF-1.4 broken", b_txt=b"after.example").as_bytes(), "m.eml")
    assert sentence.startswith("m.eml, attachment a.pdf: is broken: ")
    assert "after.example" in texts(before)


def test_a_mail_may_begin_with_a_byte_order_mark() -> None:
    mail = b"\xef\xbb\xbfSubject: evil.example\r\nFrom: a@b.example\r\nContent-Type: text/html\r\n\r\n<b>one</b>"
    found = places(mail, "a.eml")
    assert (found["header Subject"], found["HTML body / text"]) == ("evil.example", "one\n")


def test_forwarded_mail() -> None:
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "a@b.example", "c@d.example", "Fwd"
    outer.set_content("look")
    outer.add_attachment(mail())
    assert places(outer.as_bytes())["forwarded message / HTML body / link"] == "http://button.example/go"


@pytest.mark.parametrize(
    "more",
    [
        b"Content-Type: message/rfc822\n\n" * 5000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)),
        b"Content-Type: text/plain; " + b"a*0*=x;" * 100_000 + b"\n\nx",
        b"X: " + b"=?utf-8?q?a?=" * 80_000 + b"\n\nx",
        b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 500_000,
    ],
)
def test_hostile_mail(more: bytes) -> None:
    began = time.monotonic()
    kept(read_bytes(b"From: a@b.example\nTo: c@d.example\nSubject: s\n" + more, "m.eml"))
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("name", ["filename*=utf\0-8''a.txt", 'filename*="a"; filename*0="b"; filename*1*=c'])
def test_what_no_library_reads_of_a_header_costs_nothing_else(name: str) -> None:
    lines = [
        "--b",
        f"Content-Disposition: attachment; {name}",
        "",
        "inside.example",
        "--b",
        "",
        "behind.example",
        "--b--",
    ]
    found = places("\n".join(("Content-Type: multipart/mixed; boundary=b", "", *lines)).encode(), "a.eml")
    assert list(found.values())[1:] == ["inside.example", "behind.example"]


def test_outlook() -> None:
    data = make.msg(
        {"0037": "Invoice", "0C1F": "evil@sender.example", "1000": "see http://text.example/", "007D": "X: 192.0.2.9"},
        '<p><a href="http://button.example/go">pay</a>',
        {"a.txt": b"inside.example"},
    )
    found = places(data)
    assert found["header From"] == "evil@sender.example"
    assert found["headers"] == "X: 192.0.2.9"
    assert found["body"] == "see http://text.example/"
    assert found["HTML body / link"] == "http://button.example/go"
    assert found["attachment a.txt / line 1"] == "inside.example"
    assert ("md5", hashlib.md5(b"inside.example").hexdigest()) in stated(data)


@pytest.mark.parametrize(
    ("name", "says"),
    [("EncryptedPackage", "encrypted Office"), ("WordDocument", "old format"), ("Other", "no Outlook message")],
)
def test_other_compound_files(name: str, says: str) -> None:
    assert says in trouble(make.compound({(name,): b"x"}))[1]


# ── Office ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_word() -> None:
    table = "".join(f"<w:tc>{make.word_paragraph(cell)}</w:tc>" for cell in ("imphash", "00ff"))
    body = make.word_paragraph("evil**[.]**example") + f"<w:tbl><w:tr>{table}</w:tr></w:tbl>"
    field = '<w:p><w:r><w:fldChar/><w:instrText>HYPERLINK "http://f</w:instrText></w:r><w:r><w:instrText>.example/"</w:instrText><w:fldChar/></w:r></w:p>'
    found = places(make.docx(body + field, ["http://l.example/"]))
    assert found["paragraph 1"] == "evil[.]example"
    assert found["paragraph 2"].split() == ["imphash", "00ff"]
    assert found["field"] == 'HYPERLINK "http://f.example/"'
    assert found["document / link"] == "http://l.example/"


def test_excel_and_powerpoint() -> None:
    book = make.xlsx([["url", "seen"], ["http://a.example/", '=HYPERLINK("http://h.example/")']], ["http://l.example/"])
    found = places(book)
    assert found["sheet IOCs, cell A2, column url"] == "http://a.example/"
    assert "http://h.example/" in found["sheet IOCs, cell B2, column seen"]
    assert found["sheet1 / link"] == "http://l.example/"
    slides = places(make.pptx(["one.example", "two.example"], ["http://l.example/"]))
    assert slides["slide 2 / paragraph 1"] == "two.example"
    assert slides["slide1 / link"] == "http://l.example/"


def test_a_cell_may_hold_its_text_itself() -> None:
    sheet = b"""<worksheet><sheetData><row><c r="A2" t="inlineStr"><is><t>192.0.2.7</t></is></c><c r="B2" t="str">
        <v>00000000000000000000000000000000</v></c><c r="C2"><v>1.5</v></c></row></sheetData>
        <headerFooter><oddHeader>&amp;Lme@a.example</oddHeader></headerFooter></worksheet>"""
    book = make.archive({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": sheet})
    *cells, header = places(book).values()
    assert cells == ["192.0.2.7", "0" * 32]
    assert header.strip() == "me@a.example"


def test_a_document_in_a_document() -> None:
    inner = make.docx(make.word_paragraph("inner.example"))
    outer = make.docx(make.word_paragraph("outer.example"), more={"word/embeddings/a.docx": inner})
    assert places(outer)["word/embeddings/a.docx / paragraph 1"] == "inner.example"


def test_billions_of_laughs() -> None:
    laughs = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40))
    part = f'<!DOCTYPE w [<!ENTITY a0 "ha">{laughs}]><w:document><w:p><w:t>&a39;</w:t></w:p></w:document>'
    data = make.archive(
        {"[Content_Types].xml": b"<T/>", "word/document.xml": part.encode(), "docProps/core.xml": b"<a>k.example</a>"}
    )
    before, sentence = trouble(data, "a.docx")
    assert sentence.startswith("a.docx, word/document.xml: declares a document type")
    assert list(texts(before)) == ["k.example"]


@pytest.mark.parametrize(
    ("part", "says", "before"),
    [
        ('<?xml version="1.0" encoding="UTF-88"?><w:p><w:t>a</w:t></w:p>', "unknown encoding: UTF-88", []),
        ('<?xml version="1.0" encoding="gb2312"?><w:p><w:t>a</w:t></w:p>', "multi-byte encodings", []),
        ("<w:d><w:p><w:t>a.example</w:t></w:p><w:p></w:d>", "mismatched tag", ["a.example"]),
    ],
)
def test_a_broken_part_of_a_document_costs_no_other(part: str, says: str, before: list[str]) -> None:
    data = make.archive(
        {"[Content_Types].xml": b"<T/>", "word/document.xml": part.encode(), "word/footer1.xml": b"<p><t>f</t></p>"}
    )
    read_before, sentence = trouble(data, "a.docx")
    assert sentence.startswith("a.docx, word/document.xml: is broken: ")
    assert says in sentence
    assert list(texts(read_before)) == [*before, "f"]


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pdf() -> None:
    data = make.pdf([["evil.example"], ["page two"]], ["https://l.example/?a=1"])
    assert places(data) == {"page 1": "evil.example", "page 1 / link": "https://l.example/?a=1", "page 2": "page two"}


SHA256 = hashlib.sha256(b"").hexdigest()
ONION = next(one for one in Onion.examples if len(one) > 60)
LINK = "https://static-content-delivery.evil-update-service.example/assets/v2/modules/loader/stage2.bin?campaign=heron&id=7"


def test_links_that_were_wrapped_are_whole() -> None:
    lines = make.wrapped(
        f"The second stage is fetched from {LINK} and run by a service that hides in plain sight for weeks."
    )
    assert not any(LINK in line for line in lines)
    assert LINK + " and" in places(make.pdf([lines]))["page 1"]


def test_a_narrow_column_is_lines_where_each_letter_has_a_place_of_its_own() -> None:
    """PDFium takes it for vertical writing, if there is a page number far from it."""
    far = [" " * 160 + "1/1"]
    lines = [f"{number} cdn{number}[.]evil-one.com" for number in range(45)]
    assert places(make.pdf([far + lines], apart=True))["page 1"].splitlines() == ["1/1", *lines]


def test_hashes_that_were_torn_are_whole() -> None:
    sha256, md5 = hashlib.sha256(b"").hexdigest(), "d41d8cd98f00b204e9800998ecf8427e"
    lines = [
        f"SHA256: {sha256[:50]}", f"{sha256[50:]} a.exe",
        sha256[:40], sha256[40:],
        sha256[:63], sha256[63:],
        md5, md5, md5, "20260131",
        sha256 + sha256[:30], sha256[30:],
    ]  # fmt: skip
    assert places(make.pdf([lines]))["page 1"].splitlines() == [
        f"SHA256: {sha256} a.exe",
        *(sha256, sha256),
        *(md5, md5, md5, "20260131"),
        sha256 + sha256,
    ]


def test_lines_of_an_attribute_are_lines_unless_it_is_a_link() -> None:
    page = b"<a href='https://a.example/\nb'>x</a><copy value='git clone https://b.example/c.git\ncd c'></copy>"
    assert places(page, "a.html") == {
        "link": "https://a.example/b",
        "copy value": "git clone https://b.example/c.git cd c",
        "text": "x\n",
    }


def test_a_header_is_read_with_its_name_where_that_says_what_it_holds() -> None:
    head = b"User-Agent: Example/0.9\nX-Report-Version: 4.1.0.22\nX-Originating-IP: 4.1.0.22\n\nx"
    assert indicators(head) == {("user_agent", "Example/0.9"), ("ipv4", "4.1.0.22")}
    assert indicators(head.replace(b"X-Originating-IP", b"Engine-Version")) == {("user_agent", "Example/0.9")}


def test_lines_that_a_mail_or_a_calendar_has_wrapped_are_whole() -> None:
    flowed = (
        b"Content-Type: text/plain; format=flowed; delsp=yes\n\n"
        b"hxxps://evil-one[.]com/a?b= \n17&c=8\n> hxxps://evil-two[.]com/ \n> a\n-- \nme"
    )
    assert places(flowed, "m.eml")["body"] == "hxxps://evil-one[.]com/a?b=17&c=8\n> hxxps://evil-two[.]com/a\n-- \nme"
    folded = b"BEGIN:VCALENDAR\r\nDESCRIPTION:at https://evil-\r\n one.com/a\\, or\r\nEND:VCALENDAR\r\n"
    assert [str(one.ioc) for one in extract_file(io.BytesIO(folded))] == ["https://evil-one.com/a"]


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (f"SHA256 {SHA256[:32]}|{SHA256[32:]}", f"SHA256 {SHA256}"),
        (f"- {SHA256[:32]}|{SHA256[32:]}|- x", f"- {SHA256}|- x"),
        (f"MD5, SHA256:|{SHA256[:32]}|{SHA256[32:]}", f"MD5, SHA256:|{SHA256[:32]}|{SHA256[32:]}"),
        (f"MD5: {SHA256[:32]}|{SHA256[32:]}", f"MD5: {SHA256[:32]}|{SHA256[32:]}"),
        (f"0x{SHA256[:30]}|{SHA256[30:40]}.", f"0x{SHA256[:40]}."),
        (f"0x{SHA256[:30]}|{SHA256[30:39]}.", f"0x{SHA256[:30]}|{SHA256[30:39]}."),
        (f"T1{SHA256[:50].upper()}|{SHA256[:20].upper()}", f"T1{SHA256[:50].upper()}{SHA256[:20].upper()}"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtz|zwf5mdq paid", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq paid"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq|paid", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq|paid"),
        (f"{SHA256[:28]}|{SHA256[28:58]}|{SHA256[58:]}", SHA256),
        (f"{ONION[:40]}|{ONION[40:]}/x", f"{ONION}/x"),
        (f"{ONION[:40]}|{ONION[41:]}", f"{ONION[:40]}|{ONION[41:]}"),
        ("CVE-2024-|3094 and CVE-2024-|see", "CVE-2024-3094 and CVE-2024-|see"),
    ],
)
def test_what_stood_on_several_lines_is_whole(lines: str, whole: str) -> None:
    assert wrapping.whole(lines.replace("|", "\n")) == whole.replace("|", "\n")


def column(*texts: str, left: float) -> list[wrapping.Line]:
    """Lines in a font whose letters are all as wide."""
    return [wrapping.Line(text, left, left + 5 * len(text), lambda count: 5.0 * count) for text in texts]


def test_links_and_paths_are_whole_in_columns_of_any_width() -> None:
    first = column(
        "It was fetched from the mirror of",
        "https://evil-one.com/update/v9/ide",
        "nt.cab and stands in the folder",
        "C:\\inetpub\\wwwroot\\aspnet_clien",
        "t\\system\\a.aspx or beside it. The",
        left=60,
    )
    second = column("x" * 40, left=300)
    assert wrapping.unwrapped(first + second, 600, ()) == [
        "It was fetched from the mirror of",
        "https://evil-one.com/update/v9/ident.cab and stands in the folder",
        "C:\\inetpub\\wwwroot\\aspnet_client\\system\\a.aspx or beside it. The",
        "x" * 40,
    ]
    names = column("https://evil-one.com/update/v9/ide", "setup.exe", "https://evil-two.com/", "b.dll", left=60)
    assert wrapping.unwrapped(names, 600, ()) == [one.text for one in names]


def test_a_link_of_the_page_tells_how_the_one_that_is_shown_goes_on() -> None:
    lines = column("see hxxps://pdns.evil-one.com/query/", "evil-two.com/history?limit=500 and", left=60)
    assert len(wrapping.unwrapped(lines, 600, ["https://pdns.evil-one.com/"])) == 2
    assert wrapping.unwrapped(lines, 600, ["https://pdns.evil-one.com/query/evil-two.com/history?limit=500"]) == [
        "see hxxps://pdns.evil-one.com/query/evil-two.com/history?limit=500 and"
    ]


def test_a_list_is_not_taken_for_a_wrapped_link() -> None:
    full = "x" * 60
    lines = [
        f"https://a.example/{full}",
        "b.example",
        f"https://c.example/{full}/",
        "198.51.100.7",
        f"https://d.example/{full}",
        "which is bad",
    ]
    assert places(make.pdf([lines]))["page 1"].splitlines() == lines


def test_encrypted_pdf() -> None:
    assert places(make.pdf([["evil.example"]], password="infected"))["page 1"] == "evil.example"
    other = make.pdf([["evil.example"]], password="secret")
    assert trouble(other, "a.pdf")[1] == "a.pdf: is encrypted: give its password"
    assert places(other, passwords=("wrong", "secret"))["page 1"] == "evil.example"


def test_broken_and_odd_pdf() -> None:
    data = make.pdf([["evil.example"]] * 3)
    assert "is broken" in trouble(data[:300])[1]
    assert "is broken" in trouble(b"%PDF-1.4\n1 0 obj\n" + b"[" * MIB)[1]
    before, sentence = trouble(data.replace(b"/Count 3", b"/Count 99"))
    assert len(before) == 3
    assert "page 4: is broken" in sentence
    assert "holds no text" in trouble(make.pdf([[""]]))[1]


# ── ZIP ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def aes(password: str) -> bytes:
    written = io.BytesIO()
    with pyzipper.AESZipFile(written, "w", encryption=pyzipper.WZ_AES) as packed:
        packed.setpassword(password.encode())
        packed.writestr("a.txt", b"evil.example")
    return written.getvalue()


def test_zip() -> None:
    packed = make.archive(
        {"d/": b"", "d/a.txt": b"one.example", "b.zip": make.archive({"c.csv": b"a,b\nx.example,2\n"})}
    )
    assert places(packed)["d/a.txt / line 1"] == "one.example"
    assert places(packed)["b.zip / c.csv / column a, row 2"] == "x.example"


def test_encrypted_zip() -> None:
    assert places(aes("infected")) == {"a.txt / line 1": "evil.example"}
    assert trouble(aes("secret"), "a.zip")[1] == "a.zip, a.txt: is encrypted: give its password"
    assert places(aes("secret"), passwords=("secret",)) == {"a.txt / line 1": "evil.example"}


# `zip -P infected`: the standard library reads this kind, and does not write it
ZIP_CRYPTO = bytes.fromhex(
    "504b03040a00090000000000615d482c6a55180000000c00000005000000612e7478740cc6a0b7b1d6d3340ad1dce49e245a"
    "86461920103daaee9c504b0708482c6a55180000000c000000504b01021e030a00090000000000615d482c6a55180000000c"
    "000000050000000000000000000000a48100000000612e747874504b05060000000001000100330000004b0000000000"
)


def test_zip_with_the_old_encryption() -> None:
    assert places(ZIP_CRYPTO) == {"a.txt / line 1": "evil.example"}
    assert places(ZIP_CRYPTO, passwords=("wrong", "also wrong")) == {"a.txt / line 1": "evil.example"}


def test_zip_bombs() -> None:
    packed = zipfile.ZIP_DEFLATED
    flat = make.archive({"a.txt": b"x" * (64 * MIB), "b.txt": b"after.example"}, packed)
    before, sentence = trouble(flat, "a.zip")
    assert sentence == "a.zip, a.txt: unpacks to more than 250 times its size: it looks like a bomb"
    assert list(texts(before)) == ["after.example"]
    assert "more than 1000 files" in trouble(make.archive({f"{n}": b"x" for n in range(1001)}))[1]
    limits = Limits(total=MIB)
    parts = make.archive({f"{n}.txt": b"%d" % n * 300_000 for n in range(9)}, packed)
    assert (
        "goes beyond what is read inside one file"
        in trouble(make.archive({f"{n}.zip": parts for n in range(3)}), limits=limits)[1]
    )


def test_zip_in_zip_in_zip() -> None:
    data = b"end"
    for number in range(9):
        data = make.archive({"n.zip": data, f"{number}.txt": b"%d.example" % number})
    before, sentence = trouble(data)
    assert "deeper than 5 files" in sentence
    assert set(texts(before)) == {f"{n}.example" for n in (8, 7, 6, 5, 4)}


# ── the process of its own ───────────────────────────────────────────────────────────────────────────────────────────

FIRST = 'print(\'["passage", "evil.example", "page 1"]\', flush=True); print(\'["pas\', end="", flush=True)'


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import os; os.abort()", "makes its reader crash (SIGABRT): it is broken or hostile"),
        ("import ctypes; ctypes.string_at(0)", "makes its reader crash (SIGSEGV): it is broken or hostile"),
        ("import time; time.sleep(60)", "takes longer than 1 seconds to read"),
        ("raise KeyError('a')", "is broken: KeyError"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_whatever_happens_to_a_reader_is_one_sentence(program: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_COMMAND", (sys.executable, "-c", f"{FIRST}; {program}"))
    before, sentence = trouble(b"%PDF-1.4", "a.pdf", limits=Limits(seconds=1))
    assert before == [Passage("evil.example", "page 1")]
    assert sentence == f"a.pdf: {says}"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits on memory")
def test_a_reader_gets_no_more_memory_than_it_should() -> None:
    data = make.archive({"a.txt": b"ab" * (100 * MIB)}, zipfile.ZIP_STORED)
    assert "of memory" in trouble(data, "a.zip", limits=Limits(memory=400 * MIB))[1]


def test_a_reader_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_COMMAND", ("/nowhere/python",))
    assert "its reader does not start" in trouble(b"%PDF-1.4")[1]


def test_the_time_is_for_the_whole_file() -> None:
    packed = make.archive({f"{n}.pdf": make.pdf([["x"]]) for n in range(9)})
    assert "seconds for the whole file are spent" in trouble(packed, limits=Limits(seconds=1))[1]


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("olefile", "pypdfium2", "pyzipper", "yaml", "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    for parser in (parsers.olefile, parsers.pdfium, parsers.pyzipper, parsers.yaml, parsers.zstandard):
        with pytest.raises(UnreadableFile, match=r"needs: pip install 'ioclib\[files\]'"):
            parser()
    assert "pip install 'ioclib[files]'" in trouble(PACKERS["zst"](b"x"))[1]


@given(
    st.one_of(
        st.builds(Passage, st.text(), st.text()),
        st.builds(Stated, st.text(), st.text(), st.text()),
        st.builds(Enclosed, st.text(), st.binary(), st.text(), st.booleans()),
        st.builds(Trouble, st.text(), st.text()),
    )
)
def test_pieces_survive_the_way_between_processes(piece: Passage | Stated | Enclosed | Trouble) -> None:
    assert decode(encode(piece)) == piece


# ── anything ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = ("a.txt", "a.csv", "a.tsv", "a.json", "a.jsonl", "a.html", "a.yar", "a.yml", "a.log.gz")
BUNDLE: list[dict[str, Any]] = [
    {
        "type": "indicator",
        "pattern": "[ipv4-addr:value = '192.0.2.9'] FOLLOWEDBY [url:value LIKE 'http://a.example/%']",
    },
    {"type": "file", "name": "a.exe", "hashes": {"MD5": "0" * 32}},
    {"type": "windows-registry-key", "key": r"HKCU\a", "values": [{"name": "n", "data": "d"}]},
    {"type": "report", "external_references": [{"source_name": "cve", "external_id": "CVE-2021-1"}]},
]
EVENT: dict[str, Any] = {
    "info": "i",
    "Tag": [{"name": "tlp:red"}],
    "Attribute": [{"type": "ip-dst|port", "value": "192.0.2.9|80"}],
    "Object": [{"name": "file", "Attribute": [{"type": "sha1", "value": "0" * 40}]}],
    "Galaxy": [{"GalaxyCluster": [{"value": "Phishing - T1566"}]}],
}
SEEDS = {
    "stix.json": json.dumps({"type": "bundle", "objects": BUNDLE}).encode(),
    "misp.json": json.dumps({"Event": EVENT}).encode(),
    "a.html": b'<html><p>x<a href="http://a.example/">y</a><!-- c --><script>z</script><table><tr><td>1</table>',
    "a.json": b'{"type": "bundle", "objects": [{"type": "indicator", "pattern": "[url:value = \'http://a.example\']"}]}',
    "a.jsonl": b'{"a": "b"}\n{"a": ["c", {"d": "e"}]}\n',
    "a.csv": b'a,"b ""c"""\n1,2\n',
    "a.yar": YARA,
    "a.yml": SIGMA,
    "a.txt": "evil.example\n".encode("utf-16"),
    "a.log.gz": gzip.compress(b"evil.example\n" * 99),
    "a.log.zst": PACKERS["zst"](b"evil.example\n" * 99),
    "a.log.xz": lzma.compress(b"evil.example\n" * 99),
    "a.log.bz2": bz2.compress(b"evil.example\n" * 99),
}
BINARY = {
    "a.eml": mail(a_txt=b"x").as_bytes(),
    "parts.eml": b"""Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes
Content-Transfer-Encoding: quoted-printable

a=20
--b
Content-Type: application/x; name*0=a; name*1=b.txt
Content-Disposition: attachment; filename*=utf-8''a.txt

b
--b--
""",
    "a.msg": make.msg({"0037": "a", "1000": "b"}, "<p>c", {"d.txt": b"e"}),
    "a.pdf": make.pdf([["a"]], ["http://b.example/"]),
    "a.docx": make.docx(make.word_paragraph("a"), ["http://b.example/"]),
    "a.xlsx": make.xlsx([["a", "b"], ["c", "d"]]),
    "a.zip": make.archive({"a.txt": b"a", "b.zip": make.archive({"c.txt": b"d"})}),
}

BINARY_FORMATS = {
    "a.eml": Format.MAIL,
    "parts.eml": Format.MAIL,
    "a.msg": Format.OUTLOOK,
    "a.pdf": Format.PDF,
    **dict.fromkeys(("a.docx", "a.xlsx", "a.zip"), Format.ZIP),
}


@st.composite
def damaged(draw: st.DrawFn, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """One of these files, with a few bytes changed, lost or repeated."""
    name = draw(st.sampled_from(sorted(seeds)))
    data = bytearray(seeds[name])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        end = at + draw(st.integers(0, 8))
        data[at:end] = draw(st.one_of(st.binary(max_size=8), st.just(bytes(data[at:end] * 50))))
    return name, bytes(data)


def check_pieces(pieces: list[Passage | Stated]) -> None:
    for piece in pieces:
        assert piece.place.isprintable()
        (piece.text if isinstance(piece, Passage) else piece.value).encode()


@given(st.sampled_from(NAMES), st.binary(max_size=400) | st.text(max_size=400).map(str.encode), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_anything_may_come_under_any_name(name: str, data: bytes, scripts: bool) -> None:
    if not data.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
        check_pieces(kept(read_bytes(data, name, scripts=scripts)))


@given(damaged(SEEDS), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
def test_damaged_files(file: tuple[str, bytes], scripts: bool) -> None:
    check_pieces(kept(read_bytes(file[1], file[0], scripts=scripts)))


@pytest.mark.slow
@given(damaged(BINARY))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=12)
def test_damaged_binary_files(file: tuple[str, bytes]) -> None:
    check_pieces(kept(read_bytes(file[1], file[0])))


@st.composite
def damaged_inside(draw: st.DrawFn) -> tuple[str, bytes]:
    """An Office document of which one part is damaged: damage to the whole is seen before a part is read."""
    name = draw(st.sampled_from(("a.docx", "a.xlsx")))
    with zipfile.ZipFile(io.BytesIO(BINARY[name])) as document:
        parts = {part: document.read(part) for part in document.namelist()}
    part, data = draw(damaged(parts))
    return name, make.archive({**parts, part: data})


@given(damaged(BINARY) | damaged_inside())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_readers_of_binary_formats_say_what_is_wrong(file: tuple[str, bytes]) -> None:
    name, data = file
    read_here = import_module(READERS[BINARY_FORMATS[name]]).read  # not in its process: the least mishap is seen
    with suppress(UnreadableFile):
        for piece in read_here(io.BytesIO(data), Wishes()):
            assert decode(encode(piece)) == piece
