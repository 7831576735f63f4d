"""Keccak-256, of which Monero's checksums are made.

Not SHA3-256: the two differ in how they pad, so that the standard library's does not help, and a library of ciphers is
a lot to install for one checksum. Ours takes short texts only.
From the Keccak reference, version 3.0, https://keccak.team/files/Keccak-reference-3.0.pdf (read 2026-11).
"""

_RATE = 136  # bytes of the state that take up text
_LANES = 25  # of 64 bits, those of one row after each other
_ALL = 2**64 - 1
_TURNS = (0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14)
_MOVED = {y + 5 * ((2 * x + 3 * y) % 5): x + 5 * y for x in range(5) for y in range(5)}
_STEPS = tuple((_MOVED[lane], _TURNS[_MOVED[lane]]) for lane in range(_LANES))
_ROW = tuple((lane, lane // 5 * 5 + (lane + 1) % 5, lane // 5 * 5 + (lane + 2) % 5) for lane in range(_LANES))


def _constants() -> tuple[int, ...]:
    """What is mixed in at each of the rounds: the bits of a shift register."""
    register, constants = 1, list[int]()
    for _ in range(24):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << (2**power - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_CONSTANTS = _constants()


def keccak_256(data: bytes) -> bytes:
    """The 32 bytes of the hash of a text shorter than 136 bytes."""
    padded = bytearray(data.ljust(_RATE, b"\0"))
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [int.from_bytes(padded[at : at + 8], "little") for at in range(0, _RATE, 8)]
    lanes += [0] * (_LANES - len(lanes))
    for constant in _CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [columns[x - 1] ^ _turned(columns[(x + 1) % 5], 1) for x in range(5)] * 5
        moved = [_turned(lanes[lane] ^ mixed[lane], turn) for lane, turn in _STEPS]
        lanes = [moved[lane] ^ (~moved[right] & moved[second]) for lane, right, second in _ROW]
        lanes[0] ^= constant
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _ALL
