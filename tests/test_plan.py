"""Who is asked, and why not."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from ipaddress import ip_network
from itertools import count, islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioclib.errors import ConfigurationError
from ioclib.indicators import CIDR, URL, Domain, Email, Indicator, IPv4, IPv6, Md5, Onion, Reach
from ioclib.plan import Lookup, Own, Policy, Reason, Skip, make_plan, planned
from ioclib.source import Exposure, Key, Request, Retired, Tlp
from tests.doubles import source

IP, PRIVATE, DOCUMENTATION = IPv4("8.8.8.8"), IPv4("10.0.0.1"), IPv4("203.0.113.7")


def reason(ioc: Any = IP, one: Any = None, **policy: Any) -> str | None:
    plan = make_plan([ioc], [one or source()], Policy(**policy))
    assert len(plan.lookups) + len(plan.skips) <= 1
    return str(plan.skips[0].reason.kind) if plan.skips else None


def of_everything(name: str = "opinions", **changes: Any) -> Any:
    def request(ioc: Indicator) -> Request:
        return Request.get("/check", str(ioc))

    return source(name, request=request, **changes)


def asked(*names: str, **policy: Any) -> list[str]:
    plan = make_plan([IP], [source(name) for name in names], Policy(**policy))
    return [lookup.source.name for lookup in plan.lookups]


def test_the_type_decides() -> None:
    plan = make_plan([IP, Domain("example.com")], [source()], Policy())
    assert [(lookup.ioc, lookup.source.name) for lookup in plan.lookups] == [(IP, "opinions")]
    assert not plan.skips


def test_choosing_and_excluding() -> None:
    assert asked("a", "b", "c") == ["a", "b", "c"]
    assert asked("a", "b", "c", chosen=frozenset({"b"})) == ["b"]
    assert asked("a", "b", "c", excluded=frozenset({"b"})) == ["a", "c"]
    assert asked("a", "b", chosen=frozenset({"a"}), excluded=frozenset({"a"})) == []


def test_internal_is_sent_nowhere_by_default() -> None:
    assert reason(PRIVATE) == "internal"
    assert reason(DOCUMENTATION) == "internal"
    assert reason(PRIVATE, include_internal=True) is None
    assert reason(DOCUMENTATION, fictional=True) is None
    assert reason(PRIVATE, fictional=True) == "internal"


def test_a_missing_key_names_the_variable_and_where_to_get_one() -> None:
    keyless = frozenset({"opinions"})
    plan = make_plan([IP], [source()], Policy(keyless=keyless))
    assert plan.skips[0].reason.kind == "no_key"
    assert "OPINIONS_API_KEY" in plan.skips[0].reason.message
    assert "https://opinions.example/key" in plan.skips[0].reason.message


def test_what_touches_the_target_needs_a_word() -> None:
    one = source(exposure=Exposure.TARGET)
    assert reason(IP, one) == "active"
    assert reason(IP, one, active=True) is None


def test_a_retired_source_is_asked_only_by_name() -> None:
    one = source(retired=Retired(date(2025, 7, 30), "gone"))
    assert reason(IP, one) == "retired"
    assert reason(IP, one, chosen=frozenset({"opinions"})) is None


def test_whoever_says_where_his_own_platform_is_has_named_it() -> None:
    one = source(own_platform=True)
    assert reason(IP, one) == "no_address"
    assert reason(IP, one, chosen=frozenset({"opinions"})) == "no_address"
    assert reason(IP, one, located=frozenset({"opinions"})) is None
    assert reason(IP, one, fictional=True) is None


def test_disabled() -> None:
    assert reason(disabled=frozenset({"opinions"})) == "disabled"


@pytest.mark.parametrize("key", [None, Key("X_API_KEY", header="X", get="https://x.example", optional=True)])
def test_without_a_need_for_a_key_there_is_no_reason(key: Key | None) -> None:
    assert reason(IP, source(key=key)) is None


def test_the_most_fundamental_reason_is_given() -> None:
    one = source(exposure=Exposure.TARGET, retired=Retired(date(2025, 7, 30), "gone"))
    assert reason(PRIVATE, one, keyless=frozenset({"opinions"})) == "internal"
    assert reason(IP, one, keyless=frozenset({"opinions"})) == "retired"


# The traffic light ----------------------------------------------------------------------------------------------------

FURTHEST = {
    Tlp.RED: Exposure.NONE,
    Tlp.AMBER_STRICT: Exposure.NONE,
    Tlp.AMBER: Exposure.VENDOR,
    Tlp.GREEN: Exposure.VENDOR,
    Tlp.CLEAR: Exposure.TARGET,
}


@pytest.mark.parametrize("tlp", list(Tlp))
@pytest.mark.parametrize("exposure", list(Exposure))
def test_a_marking_says_how_far_an_indicator_travels(tlp: Tlp, exposure: Exposure) -> None:
    one = source(exposure=exposure)
    assert reason(IP, one, tlp=tlp, active=True) == (None if exposure <= FURTHEST[tlp] else "tlp")


def test_a_refusal_by_the_marking_says_who_would_learn_what() -> None:
    (skip,) = make_plan([IP], [source(exposure=Exposure.PUBLIC)], Policy(tlp=Tlp.AMBER_STRICT)).skips
    assert skip.reason.message == "public would learn of the indicator, which TLP:AMBER+STRICT forbids"


# What is the user's own -----------------------------------------------------------------------------------------------

OWN = [
    " Corp.Example. ", "*.branch.example", ".lab.example", "bücher.example", "intranet", "ioclibexample234.onion",
    "198.51.100.0/24", "192.0.2.129/25", "203.0.113.7", "17.0.0.0/8", "2001:db8:c0::/48",
]  # fmt: skip


@pytest.mark.parametrize(
    "ioc",
    [
        Domain("corp.example"),
        Domain("a.b.CORP.example"),
        Domain("branch.example"),
        Domain("x.branch.example"),
        Domain("x.lab.example"),
        Domain("www.bücher.example"),
        Domain("intranet"),
        Onion("ioclibexample234.onion"),
        IPv4("198.51.100.255"),
        IPv4("192.0.2.128"),
        IPv4("203.0.113.7"),
        IPv6("2001:db8:c0::1"),
        IPv6("::ffff:198.51.100.7"),
        IPv6("64:ff9b::198.51.100.7"),
        IPv6("2002:c633:6407::1"),
        CIDR("198.51.100.64/26"),
        CIDR("198.51.0.0/16"),
        CIDR("2001:db8::/32"),
        CIDR("64:ff9b::c633:0/112"),
        URL("https://wiki.corp.example:8443/a"),
        URL("http://someone@198.51.100.7/"),
        URL("http://0xc6.0x33.0x64.0x7/"),
        URL("http://[2001:db8:c0::1]/"),
        URL("http://[::ffff:203.0.113.7]/"),
        URL("http://intranet/wiki"),
        URL("http://ioclibexample234.onion/"),
        URL("http://017.1.1.1/"),  # 15.1.1.1 to a browser, 17.1.1.1 to others
        URL("http://021.1.1.1/"),  # and the other way round
        Email("someone@mail.corp.example"),
    ],
    ids=str,
)
def test_what_is_the_users_own_is_never_sent(ioc: Indicator) -> None:
    policy = Policy(own=Own.of(OWN), include_internal=True, fictional=True, active=True)
    (skip,) = make_plan([ioc], [of_everything(exposure=Exposure.NONE)], policy).skips
    assert skip.reason.kind == "internal"
    assert "policy.internal" in skip.reason.message


@pytest.mark.parametrize(
    "ioc",
    [
        Domain("example.com"),
        Domain("notcorp.example"),
        Domain("corp.example.com"),
        Domain("example"),
        IPv4("198.51.101.0"),
        IPv4("198.51.99.255"),
        IPv4("192.0.2.127"),
        IPv4("203.0.113.8"),
        IPv6("2001:db8:c1::1"),
        IPv6("::c633:6407"),
        CIDR("192.0.2.0/25"),
        CIDR("2001:db8:c1::/48"),
        URL("https://x.example/corp.example/198.51.100.7"),
        URL("https://corp.example@x.example/"),
        URL("http://intranet.com/"),
        URL("http://16.1.1.1/"),
        Email("corp.example@x.example"),
        Md5("d41d8cd98f00b204e9800998ecf8427e"),
    ],
    ids=str,
)
def test_what_only_looks_like_the_users_own_is_sent(ioc: Indicator) -> None:
    assert reason(ioc, of_everything(), own=Own.of(OWN), include_internal=True) is None


@pytest.mark.parametrize(
    "entry",
    [
        "", "*", "*.", "*corp.example", "a b", "https://corp.example/", "me@corp.example", "-x.example", "x..example",
        "198.51.100.*", "198.51.100.0/33", "198.51.100.256", "198.51.100", "198.51.100.1-9", "a,b",
    ],
)  # fmt: skip
def test_an_entry_that_would_protect_nothing_is_an_error(entry: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^policy\.internal takes domains and networks, such as .*: .*not a"):
        Own.of(["corp.example", entry])


# The order of things --------------------------------------------------------------------------------------------------

KEYLESS = frozenset({"opinions"})


def test_reasons_come_in_this_order() -> None:
    """What cannot be changed is said before what could be."""
    one = source(exposure=Exposure.TARGET, retired=Retired(date(2025, 7, 30), "gone"))
    policy: dict[str, Any] = {
        "own": Own.of(["10.0.0.0/8"]), "disabled": KEYLESS, "tlp": Tlp.RED, "keyless": KEYLESS,
    }  # fmt: skip
    lifted: list[dict[str, Any]] = [
        {}, {"own": Own()}, {"include_internal": True}, {"chosen": KEYLESS}, {"disabled": frozenset()},
        {"tlp": Tlp.CLEAR}, {"active": True}, {"keyless": frozenset()},
    ]  # fmt: skip
    given: list[Reason] = []
    for part in lifted:
        policy |= part
        given += [skip.reason for skip in make_plan([PRIVATE], [one], Policy(**policy)).skips]
    assert [why.kind for why in given] == ["internal", "internal", "retired", "disabled", "tlp", "active", "no_key"]
    assert [why.message.partition(";")[0] for why in given] == [
        "on the list of what is internal (policy.internal)",
        "private",
        "since 2025-07-30: gone",
        "switched off by sources.opinions.enabled",
        "target would learn of the indicator, which TLP:RED forbids",
        "it touches the indicator's own infrastructure",
        "set OPINIONS_API_KEY",
    ]


def test_one_indicator_after_the_other() -> None:
    first, second = source("a"), source("b", exposure=Exposure.PUBLIC)
    plan = planned([IP, PRIVATE, Domain("example.com"), IP], [first, second], Policy(tlp=Tlp.GREEN))
    assert [(type(one).__name__, str(one.ioc), one.source.name) for one in plan] == [
        ("Lookup", "8.8.8.8", "a"), ("Skip", "8.8.8.8", "b"),
        ("Skip", "10.0.0.1", "a"), ("Skip", "10.0.0.1", "b"),
        ("Lookup", "8.8.8.8", "a"), ("Skip", "8.8.8.8", "b"),
    ]  # fmt: skip


def test_a_plan_is_made_while_indicators_come_in() -> None:
    taken: list[int] = []

    def endless() -> Iterator[IPv4]:
        for number in count():
            taken.append(number)
            yield IPv4(f"8.8.{number // 256}.{number % 256}")

    plan = planned(endless(), [source()], Policy())
    assert not taken
    assert [str(one.ioc) for one in islice(plan, 3)] == ["8.8.0.0", "8.8.0.1", "8.8.0.2"]
    assert taken == [0, 1, 2]


# Whatever the policy --------------------------------------------------------------------------------------------------

NAMES = [
    "example.com",
    "www.example.com",
    "notexample.com",
    "a.corp.example",
    "corp.example",
    "intranet",
    "x.lan",
    "lan",
]
ADDRESSES = st.tuples(*[st.sampled_from([8, 10])] * 4).map(lambda octets: ".".join(map(str, octets)))
BLOCKS = st.builds(lambda ip, length: str(ip_network(f"{ip}/{length}", strict=False)), ADDRESSES, st.integers(0, 32))
SOME_SOURCES = st.frozensets(st.sampled_from("abcd"))


def belongs(host: str, names: Iterable[str], blocks: Iterable[str]) -> bool:
    """In the plain sense of the words."""
    if host[0].isdigit():
        return any(ip_network(host).overlaps(ip_network(block)) for block in blocks)
    return any(f".{host}".endswith(f".{name}") for name in names)


@given(
    st.data(),
    st.lists(st.sampled_from(NAMES), max_size=2),
    st.lists(BLOCKS, max_size=3),
    st.builds(
        Policy,
        chosen=st.none() | SOME_SOURCES,
        excluded=SOME_SOURCES,
        disabled=SOME_SOURCES,
        keyless=SOME_SOURCES,
        tlp=st.sampled_from(Tlp),
        active=st.booleans(),
        include_internal=st.booleans(),
        fictional=st.booleans(),
    ),
)
def test_nothing_goes_further_than_it_may(data: st.DataObject, names: Any, blocks: Any, policy: Policy) -> None:
    policy = replace(policy, own=Own.of([*names, *blocks]))
    sources = [of_everything("abcd"[exposure], exposure=exposure) for exposure in Exposure]
    host = data.draw(st.sampled_from(NAMES) | ADDRESSES | BLOCKS)
    named: list[type[Indicator]] = [Email, URL, Domain] if "." in host else [URL, Domain]
    kind = data.draw(st.sampled_from([CIDR] if "/" in host else [IPv4, IPv6, URL] if host[0].isdigit() else named))
    ioc: Indicator = kind.parse({Email: f"me@{host}", URL: f"http://{host}/", IPv6: f"::ffff:{host}"}.get(kind, host))
    plan = make_plan([ioc], sources, policy)
    for lookup in plan.lookups:
        assert lookup.source.exposure <= FURTHEST[policy.tlp]
        assert lookup.source.exposure < Exposure.TARGET or policy.active
        assert ioc.reach is Reach.PUBLIC or policy.include_internal or policy.fictional
        assert not belongs(host, names, blocks)
    mentioned: list[Lookup | Skip] = [*plan.lookups, *plan.skips]
    wanted = (policy.chosen if policy.chosen is not None else frozenset("abcd")) - policy.excluded
    assert sorted(one.source.name for one in mentioned) == sorted(wanted)
