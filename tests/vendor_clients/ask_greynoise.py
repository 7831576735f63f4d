# mypy: disable-error-code="import-not-found"
# The client is installed only where this runs.
"""GreyNoise's own client against another address: ``python ask_greynoise.py ADDRESS KEY``.

Its ``ip`` refuses addresses for documentation before it asks, so the same endpoint is asked through its ``request``.
"""

import sys
from importlib.metadata import version

from greynoise import GreyNoise
from greynoise.api import APIConfig
from greynoise.exceptions import RequestFailure


def main(address: str, key: str) -> None:
    api = connect(address, key)
    assert api.test_connection() == {"message": "pong"}
    scanner = api.request("v3/ip/203.0.113.66")["internet_scanner_intelligence"]
    assert (scanner["found"], scanner["classification"]) == (True, "malicious")
    several = api.request("v3/ip?quick=true", method="post", json={"ips": ["203.0.113.66", "192.0.2.99"]})
    assert [one["ip"] for one in several["data"]] == ["203.0.113.66"]
    assert several["request_metadata"]["ips_not_found"] == ["192.0.2.99"]
    assert api.request("v3/ip/192.0.2.99")["internet_scanner_intelligence"] == {"found": False}
    assert api.ip("1.1.1.1")["internet_scanner_intelligence"] == {"found": False}  # of no document: the client agrees
    assert refusal(connect(address, "0" * 64)) == 401


def connect(address: str, key: str) -> GreyNoise:
    return GreyNoise(APIConfig(api_key=key, api_server=address, integration_name="sandbox"))


def refusal(api: GreyNoise) -> int:
    try:
        api.request("v3/ip/203.0.113.66")
    except RequestFailure as error:
        return int(error.args[0])
    return 200


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.write(f"greynoise {version('greynoise')}: found, not found and a bad key are told apart\n")
