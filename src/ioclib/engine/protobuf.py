"""Reading protocol buffers without generated code: the fields are in the payload's annotations.

``Annotated[bytes, Number(1)]`` is field 1. Encoding: https://protobuf.dev/programming-guides/encoding/ (read 2026-11).
"""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ioclib.source import Number


def to_json(message: bytes, payload: type[Any]) -> bytes:
    """A message as JSON, by the usual mapping; fields that the payload does not name are left out.

    Raises:
        ValueError: it is no such message.
    """
    return msgspec.json.encode(_message(message, payload))


@dataclass(frozen=True)
class _Field:
    name: str
    kind: Any
    repeated: bool
    names: Mapping[int, str]


def _fields(payload: type[Any]) -> Mapping[int, _Field]:
    fields: dict[int, _Field] = {}
    for name, hint in typing.get_type_hints(payload, include_extras=True).items():
        kind, *marks = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else (hint,)
        for number in marks:
            if isinstance(number, Number):
                repeated = typing.get_origin(kind) is list
                fields[number.value] = _Field(
                    name, typing.get_args(kind)[0] if repeated else kind, repeated, number.names
                )
    return fields


def _message(message: bytes, payload: type[Any]) -> dict[str, Any]:
    fields = _fields(payload)
    found: dict[str, Any] = {}
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        value, position = _value(message, position, tag & 7)
        if field := fields.get(tag >> 3):
            values = [_converted(one, field) for one in _unpacked(value, field)]
            found[field.name] = [*found.get(field.name, []), *values] if field.repeated else values[-1]
    return found


def _varint(message: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while position < len(message) and shift < 64:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7
    raise ValueError("a number is cut off")


def _value(message: bytes, position: int, wire_type: int) -> tuple[int | bytes, int]:
    match wire_type:
        case 0:
            return _varint(message, position)
        case 2:
            length, position = _varint(message, position)
        case 1:
            length = 8
        case 5:
            length = 4
        case _:
            raise ValueError("no such wire type")
    if position + length > len(message):
        raise ValueError("a field is cut off")
    return message[position : position + length], position + length


def _unpacked(value: int | bytes, field: _Field) -> Iterator[int | bytes]:
    """Repeated numbers and enumerations may come packed into one field."""
    if isinstance(value, int) or not field.repeated or not (field.kind is int or field.names):
        yield value
        return
    position = 0
    while position < len(value):
        number, position = _varint(value, position)
        yield number


def _converted(value: int | bytes, field: _Field) -> Any:
    if isinstance(value, int):
        if field.names:
            return field.names.get(value, str(value))
        if field.kind is int:
            return value
        raise ValueError("a number where something else should be")
    if field.kind is bytes:
        return value
    return value.decode() if field.kind is str else _message(value, field.kind)
