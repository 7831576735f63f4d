"""Reports as HTML in a real browser: what it does with them, as far as that can be seen only there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioclib.extract.files import Passage, read_bytes
from ioclib.render import page
from ioclib.report import AnswerEntry, Report
from ioclib.source import Tlp
from tests.browser import CHROMIUM, Tab, browser
from tests.told import NASTY, entry, everything, found, hostile, report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the PATH: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture
def show(tab: Tab, tmp_path: Path):
    def shown(made: Report | str, **options) -> Tab:
        path = tmp_path / "report.html"
        path.write_text(page(made) if isinstance(made, Report) else made, "utf-8")
        tab.open(path, **options)
        return tab

    return shown


def _all_nasty() -> Report:
    long = "x" * 5_000 + " " + "y" * 5_000
    parts = [hostile(text).indicators[0] for text in (*NASTY, long)]
    return report(*parts, *everything().indicators)


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_complained_of_and_nothing_leaves(show, dark: bool) -> None:
    tab = show(_all_nasty(), dark=dark)
    assert tab.logged == []
    assert [one.split(":")[0] for one in tab.asked_for] == ["file"]
    assert not [one for one in tab.tried if ".example" in one or "203.0.113" in one]


def test_what_others_write_into_the_page_does_not_run(show) -> None:
    injected = (
        "<script>window.ran = 1</script><img src='https://pixel.example/x' onerror='window.ran = 2'>"
        "<svg onload='window.ran = 3'></svg><style>body { display: none }</style><p style='color: red'>x</p>"
        "<iframe src='https://evil.example/'></iframe><base href='https://evil.example/'>"
        "<form action='https://evil.example/' id='out'><button>x</button></form>"
        "<link rel='stylesheet' href='https://style.example/x.css'>"
    )
    tab = show(page(everything()).replace("</main>", injected + "</main>"))
    tab.run("document.getElementById('out').submit()")
    assert tab.run("window.ran === undefined")
    assert tab.run("getComputedStyle(document.body).display") == "block"
    assert tab.run("document.baseURI").startswith("file:")
    assert len([one for one in tab.logged if "Content Security Policy" in one]) >= 7
    assert tab.run("location.protocol") == "file:"
    # for frames and forms it may open a connection before it looks at the policy; nothing is asked for over that
    assert not [one for one in tab.tried if "pixel.example" in one or "style.example" in one]


def test_the_style_and_the_script_are_in_force(show) -> None:
    tab = show(everything())
    assert tab.run("getComputedStyle(document.querySelector('.tlp')).backgroundColor") == "rgb(0, 0, 0)"
    assert tab.run("getComputedStyle(document.querySelector('.tlp')).color") == "rgb(255, 192, 0)"
    assert tab.run("document.querySelectorAll('thead button').length") == 5


ORDER = "Array.from(document.querySelectorAll('.indicators tbody tr'), (row) => row.cells[{}].textContent.trim())"


def test_the_table_is_sorted_by_its_headings(show) -> None:
    tab = show(everything())
    click = "document.querySelectorAll('.indicators thead button')[{}].click()"
    sorts = "Array.from(document.querySelectorAll('.indicators thead th'), (head) => head.getAttribute('aria-sort'))"
    assert tab.run(sorts) == [None] * 6

    tab.run(click.format(2))
    values = tab.run(ORDER.format(2))
    assert values[0] == "192[.]0[.]2[.]9"
    assert values[-1] == "update-heron[.]example"
    assert tab.run(sorts) == [None, None, "ascending", None, None, None]
    tab.run(click.format(2))
    assert tab.run(ORDER.format(2)) == values[::-1]
    assert tab.run(sorts) == [None, None, "descending", None, None, None]

    tab.run(click.format(1))  # numbers as numbers, the highest first
    numbers = [int(one.removeprefix("confidence ").replace("–", "0")) for one in tab.run(ORDER.format(1))]
    assert numbers == sorted(numbers, reverse=True)
    tab.run(click.format(0))
    assert tab.run(ORDER.format(0)) == ["malicious", "suspicious", "unknown", "unknown", "benign"]


def test_the_keyboard_is_enough(show) -> None:
    tab = show(everything())
    for _ in range(3):
        tab.press("Tab", 9)
    assert tab.run("document.activeElement.textContent") == "Indicator"
    assert tab.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
    tab.press("Enter", 13)
    assert tab.run(ORDER.format(2))[0] == "192[.]0[.]2[.]9"


@pytest.mark.parametrize("width", [320, 390, 600, 840, 1280])
def test_nothing_is_wider_than_the_window(show, width: int) -> None:
    tab = show(_all_nasty(), width=width, height=844)
    tab.run("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert tab.run("document.documentElement.scrollWidth") <= width


CONTRASTS = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((one) => one / 255).map((one) =>
      one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  document.querySelectorAll("details").forEach((one) => (one.open = true));
  const poor = [];
  let looked = 0;
  for (const one of document.querySelectorAll("body *")) {
    if (!Array.from(one.childNodes).some((child) => child.nodeType === 3 && child.data.trim())) continue;
    if (one.closest("script")) continue;
    looked += 1;
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) poor.push([one.className, one.textContent.slice(0, 40), contrast]);
  }
  return [looked, poor];
})()
"""


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("tlp", Tlp)
def test_every_text_stands_out_from_its_ground(show, tlp: Tlp, dark: bool) -> None:
    looked, poor = show(everything(tlp=tlp, sandbox=True), dark=dark).run(CONTRASTS)
    assert looked > 100
    assert poor == []


def test_paper_hides_nothing_and_carries_the_marking_on_each_page(show) -> None:
    tab = show(report(*(entry("ipv4", f"203.0.113.{number}", *_many()) for number in range(3)), tlp=Tlp.AMBER_STRICT))
    read = [one for one in read_bytes(tab.paper(), "paper.pdf") if isinstance(one, Passage)]
    pages = [one.text for one in read if re.fullmatch(r"page \d+", one.place)]
    assert len(pages) > 2
    assert all("TLP:AMBER+STRICT" in one for one in pages)
    text = " ".join(pages)
    assert all(f"said by {number:02}" in text for number in range(40))
    assert tab.run("document.querySelectorAll('details[open]').length") == 0


def _many() -> list[AnswerEntry]:
    return [found(f"source_{number:02}", summary=f"said by {number:02}") for number in range(40)]
