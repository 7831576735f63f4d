"""The DNS services of the sandbox as a name server on this machine, over UDP and TCP (RFC 1035).

It answers for the zones of the twins, from the same twins, and refuses everything else.
"""

import json
import struct
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUDPServer
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Self, cast

from ioclib.sandbox import arrived, by_host
from ioclib.sandbox.faults import HANGING, Faults, Trouble
from ioclib.sandbox.twin import Reply, Twin

if TYPE_CHECKING:
    import dns.message

LOOPBACK = "127.0.0.1"
IDLE = 10  # seconds until a silent connection is closed


class SandboxResponder:
    """Answers DNS questions on a port of its own while it is entered as a context.

    Args:
        faults: what the services do wrong.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self._tcp = _Tcp((LOOPBACK, 0), _OverTcp)
        self._udp = _Udp((LOOPBACK, self._tcp.server_address[1]), _OverUdp)
        self._tcp.trouble = self._udp.trouble = Trouble(faults or Faults())
        self._threads = [Thread(target=one.serve_forever, daemon=True) for one in (self._tcp, self._udp)]

    @property
    def address(self) -> str:
        """Where it listens, e.g. ``127.0.0.1:5353``."""
        return f"{LOOPBACK}:{self._tcp.server_address[1]}"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._tcp, self._udp):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()


class _Tcp(ThreadingTCPServer):
    trouble: Trouble
    daemon_threads = True


class _Udp(ThreadingUDPServer):
    trouble: Trouble
    daemon_threads = True


class _OverUdp(BaseRequestHandler):
    def handle(self) -> None:
        packet, socket = self.request
        if reply := answered(packet, cast("_Udp", self.server).trouble):
            socket.sendto(reply, self.client_address)


class _OverTcp(BaseRequestHandler):
    def handle(self) -> None:
        self.request.settimeout(IDLE)
        trouble = cast("_Tcp", self.server).trouble
        with self.request.makefile("rb") as sent:
            while len(length := sent.read(2)) == 2:
                if reply := answered(sent.read(struct.unpack("!H", length)[0]), trouble):
                    self.request.sendall(struct.pack("!H", len(reply)) + reply)


def answered(packet: bytes, trouble: Trouble | None = None) -> bytes | None:
    """The reply to a packet; None to what is no question, and where the service hangs."""
    import dns.exception
    import dns.message

    try:
        question = dns.message.from_wire(packet)
        reply = _reply(question, trouble or Trouble(Faults())) if question.question else None
        return reply.to_wire() if reply else None
    except (dns.exception.DNSException, ValueError):
        return None


def _reply(question: "dns.message.Message", trouble: Trouble) -> "dns.message.Message | None":
    import dns.flags
    import dns.message
    import dns.rcode
    import dns.rdatatype
    import dns.rrset

    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.AA | dns.flags.RA
    asked = question.question[0]
    kind = dns.rdatatype.to_text(asked.rdtype)
    name = asked.name.to_text(omit_final_dot=True)
    twin = _twin_of(name)
    delay = trouble.delay(twin) if twin else 0
    if delay == HANGING:
        return None
    sleep(delay)
    said = trouble.spoiled(twin, _of_twin(twin, name, kind)) if twin else None
    if said is None or not _are_records(said):
        reply.set_rcode(dns.rcode.REFUSED if said is None else dns.rcode.SERVFAIL)
        return reply
    if data := json.loads(said.body)["data"]:
        written = [json.dumps(one) if kind == "TXT" else one for one in data]
        reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *written))
    else:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


def _twin_of(name: str) -> Twin | None:
    """The twin of the nearest zone, if one has it."""
    labels = name.lower().split(".")
    zones = (".".join(labels[place:]) for place in range(len(labels)))
    return next((by_host()[zone] for zone in zones if zone in by_host()), None)


def _of_twin(twin: Twin, name: str, kind: str) -> Reply:
    zone = max((host for host in twin.hosts if f".{name}".lower().endswith(f".{host}")), key=len)
    below = name[: -len(zone)].removesuffix(".")
    return twin.answer(arrived("GET", "/" + below, f"type={kind}", {}, b""))


def _are_records(said: Reply) -> bool:
    """Whether it is an answer, and no fault: DNS has but one way to tell of these."""
    return said.status == 200 and said.body.startswith(b'{"data":') and said.body.endswith(b"]}")
