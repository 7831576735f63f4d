"""The DNS services of the sandbox as a name server on this machine, over UDP and TCP (RFC 1035).

It answers for the zones of the twins, from the same twins, and refuses everything else.
"""

import json
import struct
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUDPServer
from threading import Thread
from typing import TYPE_CHECKING, Self

from ioclib.sandbox import arrived, by_host
from ioclib.sandbox.twin import Reply

if TYPE_CHECKING:
    import dns.message

LOOPBACK = "127.0.0.1"
IDLE = 10  # seconds until a silent connection is closed


class SandboxResponder:
    """Answers DNS questions on a port of its own while it is entered as a context."""

    def __init__(self) -> None:
        self._tcp = _Tcp((LOOPBACK, 0), _OverTcp)
        self._udp = _Udp((LOOPBACK, self._tcp.server_address[1]), _OverUdp)
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
    daemon_threads = True


class _Udp(ThreadingUDPServer):
    daemon_threads = True


class _OverUdp(BaseRequestHandler):
    def handle(self) -> None:
        packet, socket = self.request
        if reply := answered(packet):
            socket.sendto(reply, self.client_address)


class _OverTcp(BaseRequestHandler):
    def handle(self) -> None:
        self.request.settimeout(IDLE)
        with self.request.makefile("rb") as sent:
            while len(length := sent.read(2)) == 2:
                if reply := answered(sent.read(struct.unpack("!H", length)[0])):
                    self.request.sendall(struct.pack("!H", len(reply)) + reply)


def answered(packet: bytes) -> bytes | None:
    """The reply to a packet; None to what is no question."""
    import dns.exception
    import dns.message

    try:
        question = dns.message.from_wire(packet)
        return _reply(question).to_wire() if question.question else None
    except (dns.exception.DNSException, ValueError):
        return None


def _reply(question: "dns.message.Message") -> "dns.message.Message":
    import dns.flags
    import dns.message
    import dns.rcode
    import dns.rdatatype
    import dns.rrset

    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.AA | dns.flags.RA
    asked = question.question[0]
    kind = dns.rdatatype.to_text(asked.rdtype)
    said = _of_twin(asked.name.to_text(omit_final_dot=True), kind)
    if said is None or said.status != 200:
        reply.set_rcode(dns.rcode.REFUSED if said is None else dns.rcode.SERVFAIL)
        return reply
    if data := json.loads(said.body)["data"]:
        written = [json.dumps(one) if kind == "TXT" else one for one in data]
        reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *written))
    else:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


def _of_twin(name: str, kind: str) -> Reply | None:
    """What the twin of the nearest zone says; None if no twin has one."""
    labels = name.split(".")
    for place in range(len(labels)):
        if twin := by_host().get(".".join(labels[place:]).lower()):
            return twin.answer(arrived("GET", "/" + ".".join(labels[:place]), f"type={kind}", {}, b""))
    return None
