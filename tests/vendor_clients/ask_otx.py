# mypy: disable-error-code="import-not-found"
# The client is installed only where this runs.
"""OTX's own client, OTXv2, against another address: ``python ask_otx.py ADDRESS KEY``."""

import hashlib
import sys
from importlib.metadata import version

from IndicatorTypes import DOMAIN, FILE_HASH_SHA256, URL, IndicatorTypes, IPv4, IPv6
from OTXv2 import InvalidAPIKey, OTXv2

LOADER = hashlib.sha256(b"Nothing here exists: the loader of the Gilded Heron campaign.").hexdigest()


def main(address: str, key: str) -> None:
    otx = OTXv2(key, server=address)
    assert pulses(otx, IPv4, "203.0.113.66") > 0
    assert pulses(otx, IPv6, "2001:db8:66::66") > 0
    assert pulses(otx, DOMAIN, "update-heron.example") > 0
    assert pulses(otx, URL, "http://update-heron.example/gate.php") > 0
    assert pulses(otx, FILE_HASH_SHA256, LOADER) > 0
    assert otx.get_indicator_details_full(IPv4, "203.0.113.66").keys() == set(IPv4.sections)
    assert pulses(otx, IPv4, "192.0.2.99") == 0
    try:
        pulses(OTXv2("0" * 64, server=address), IPv4, "203.0.113.66")
    except InvalidAPIKey:
        return
    raise AssertionError("a bad key was taken")


def pulses(otx: OTXv2, kind: IndicatorTypes, value: str) -> int:
    general = otx.get_indicator_details_by_section(kind, value, "general")
    assert general["indicator"]
    return int(general["pulse_info"]["count"])


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.write(f"OTXv2 {version('OTXv2')}: found, not found and a bad key are told apart\n")
