"""Writing MessagePack, byte for byte as the other clients of the aggregator write it.

Integers, strings, arrays and maps take their smallest form, floats are always 64 bits, and the keys
of a map keep their order. Reading covers what the aggregator answers: maps of strings and numbers.
"""

import struct
from typing import Any, List, Tuple

_DOUBLE = struct.Struct(">Bd").pack
_LARGEST_UINT = (1 << 64) - 1
_SMALLEST_INT = -(1 << 63)


def pack(value: Any) -> bytes:
    """The encoding of `value`: None, bool, int, float, str, bytes, list, tuple or dict of these.

    Raises TypeError for anything else, OverflowError for an integer beyond 64 bits.
    """
    parts: List[bytes] = []
    _write(value, parts.append)
    return b"".join(parts)


def _write(value: Any, put: Any) -> None:
    if value is None:
        put(b"\xc0")
    elif value is True:
        put(b"\xc3")
    elif value is False:
        put(b"\xc2")
    elif isinstance(value, str):
        put(pack_text(value))
    elif isinstance(value, int):
        put(pack_integer(value))
    elif isinstance(value, float):
        put(_DOUBLE(0xCB, value))
    elif isinstance(value, dict):
        put(map_header(len(value)))
        for key, item in value.items():
            put(pack_text(key))
            _write(item, put)
    elif isinstance(value, (list, tuple)):
        put(array_header(len(value)))
        for item in value:
            _write(item, put)
    elif isinstance(value, (bytes, bytearray)):
        put(_sized(len(value), (0xC4, 0xC5, 0xC6)) + bytes(value))
    else:
        raise TypeError("A value of type %s cannot be sent; convert it." % type(value).__name__)


def pack_integer(value: int) -> bytes:
    """The smallest form of an integer."""
    if value >= 0:
        if value < 0x80:
            return bytes((value,))
        if value < 0x100:
            return struct.pack(">BB", 0xCC, value)
        if value < 0x10000:
            return struct.pack(">BH", 0xCD, value)
        if value < 0x100000000:
            return struct.pack(">BI", 0xCE, value)
        if value <= _LARGEST_UINT:
            return struct.pack(">BQ", 0xCF, value)
    elif value >= -0x20:
        return struct.pack(">b", value)
    elif value >= -0x80:
        return struct.pack(">Bb", 0xD0, value)
    elif value >= -0x8000:
        return struct.pack(">Bh", 0xD1, value)
    elif value >= -0x80000000:
        return struct.pack(">Bi", 0xD2, value)
    elif value >= _SMALLEST_INT:
        return struct.pack(">Bq", 0xD3, value)
    raise OverflowError("The integer %d has more than 64 bits and cannot be sent." % value)


def pack_text(text: str) -> bytes:
    """A string; what is no valid text (lone surrogates) becomes question marks."""
    data = text.encode("utf-8", "replace")
    size = len(data)
    if size < 0x20:
        return bytes((0xA0 | size,)) + data
    return _sized(size, (0xD9, 0xDA, 0xDB)) + data


def array_header(size: int) -> bytes:
    """Announces an array of `size` values."""
    if size < 0x10:
        return bytes((0x90 | size,))
    return struct.pack(">BH", 0xDC, size) if size < 0x10000 else struct.pack(">BI", 0xDD, size)


def map_header(size: int) -> bytes:
    """Announces a map of `size` keys and values."""
    if size < 0x10:
        return bytes((0x80 | size,))
    return struct.pack(">BH", 0xDE, size) if size < 0x10000 else struct.pack(">BI", 0xDF, size)


def _sized(size: int, codes: Tuple[int, int, int]) -> bytes:
    if size < 0x100:
        return struct.pack(">BB", codes[0], size)
    if size < 0x10000:
        return struct.pack(">BH", codes[1], size)
    return struct.pack(">BI", codes[2], size)


def unpack(data: bytes) -> Any:
    """Reads one value. Raises ValueError for what is truncated, foreign or nested deeply."""
    try:
        value, end = _read(data, 0, 0)
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise ValueError("The answer is no MessagePack: %s." % error) from None
    if end > len(data):
        raise ValueError("The answer ends early.")
    return value


_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
_SIZES = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I"}


def _read(data: bytes, at: int, depth: int) -> Tuple[Any, int]:
    code = data[at]
    at += 1
    if code < 0x80 or code >= 0xE0:
        return (code if code < 0x80 else code - 0x100), at
    if code in _CONSTANTS:
        return _CONSTANTS[code], at
    if code in _NUMBERS:
        layout = _NUMBERS[code]
        return struct.unpack_from(layout, data, at)[0], at + struct.calcsize(layout)
    if code in _SIZES:
        layout = _SIZES[code]
        size = struct.unpack_from(layout, data, at)[0]
        at += struct.calcsize(layout)
    elif code < 0xC0:
        size = code & (0x1F if code >= 0xA0 else 0x0F)
    else:
        raise ValueError("The byte 0x%02x is not expected here." % code)
    if 0xA0 <= code < 0xC0 or 0xD9 <= code <= 0xDB:
        return data[at : at + size].decode("utf-8"), at + size
    if depth > 16:
        raise ValueError("The answer is nested too deeply.")
    if code in (0xDC, 0xDD) or 0x90 <= code < 0xA0:
        items = []
        for _ in range(size):
            item, at = _read(data, at, depth + 1)
            items.append(item)
        return items, at
    pairs = {}
    for _ in range(size):
        key, at = _read(data, at, depth + 1)
        pairs[str(key)], at = _read(data, at, depth + 1)
    return pairs, at
