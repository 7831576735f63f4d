# mypy: disable-error-code="import-not-found"
# The client is installed only where this runs.
"""Shodan's own client against another address: ``python ask_shodan.py ADDRESS KEY``."""

import sys
from importlib.metadata import version

import shodan


def main(address: str, key: str) -> None:
    api = connect(address, key)
    host = api.host("203.0.113.66")
    assert (host["ip_str"], host["ports"]) == ("203.0.113.66", [22, 80, 443])
    assert "data" not in api.host("203.0.113.66", minify=True)
    assert api.dns.domain_info("harbour-bank.example")["domain"] == "harbour-bank.example"
    assert api.info()["plan"]
    assert refusal(api, "192.0.2.99") == "No information available for that IP."
    assert refusal(connect(address, "0" * 32), "203.0.113.66") == "Invalid API key"


def connect(address: str, key: str) -> shodan.Shodan:
    api = shodan.Shodan(key)
    api.base_url = address
    api.api_rate_limit = 0  # it would wait a second before each call
    return api


def refusal(api: shodan.Shodan, ip: str) -> str:
    try:
        api.host(ip)
    except shodan.APIError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.write(f"shodan {version('shodan')}: found, not found and a bad key are told apart\n")
