"""Team Cymru's two DNS services. https://www.team-cymru.com/ip-asn-mapping and /mhr (read 2026-11)"""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, WORLD, Host


def networks(call: Call) -> Reply:
    asked = call.segments[0].lower()
    if call.param("type") != "TXT":
        return Reply.dns()
    if asked.startswith("as") and asked[2:].isdecimal():
        host = next((one for one in HOSTS if one.asn == int(asked[2:])), None)
        return Reply.dns(f"{host.asn} | {host.country} | ripencc | 2020-01-07 | {_name(host)}") if host else Reply.dns()
    labels, _, service = asked.rpartition(".")
    host = next((one for one in HOSTS if _reversed(one.ip) == (labels, service)), None)
    if host is None:
        return Reply.dns()
    block = ip_network((host.ip, 24 if ip_address(host.ip).version == 4 else 48), strict=False)
    return Reply.dns(f"{host.asn} | {block} | {host.country} | ripencc | 2020-01-07")


def _reversed(ip: str) -> tuple[str, str]:
    turned = ip_address(ip).reverse_pointer.removesuffix(".arpa")
    return turned.rpartition(".")[0], "origin6" if ":" in ip else "origin"


def _name(host: Host) -> str:
    return f"{host.organisation.split()[0].upper()} - {host.organisation}, {host.country}"


def hashes(call: Call) -> Reply:
    file = WORLD.files.get(call.segments[0].lower())
    if file is None or not file.engines[0]:
        return Reply.dns()
    if call.param("type") == "A":
        return Reply.dns("127.0.0.2")
    seen = datetime.fromisoformat(file.last_seen).replace(tzinfo=UTC)
    return Reply.dns(f"{seen.timestamp():.0f} {100 * file.engines[0] // file.engines[1]}")


TWINS = (
    Twin(name="team_cymru", hosts=("asn.cymru.com",), answer=networks),
    Twin(name="team_cymru_mhr", hosts=("malware.hash.cymru.com",), answer=hashes),
)
