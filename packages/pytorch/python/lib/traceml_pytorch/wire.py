"""Messages of the wire: frames, envelopes of rows, controls."""

import struct
from typing import Any, Dict, Iterable, List, Optional, Tuple

from .identity import Identity
from .msgpack import array_header, map_header, pack, pack_text, unpack

#: Version of the optional first message of a connection.
PROTOCOL_VERSION = 1
_CONTROL = "_traceml_control"
_HEADER = struct.Struct(">I")
HEADER_BYTES = _HEADER.size
#: An acknowledgement is tiny; whoever announces more does not speak the protocol.
_MAX_ANSWER_BYTES = 65536

#: Rows of one table, encoded, oldest first.
Rows = Tuple[str, List[bytes]]


def frame(payload: bytes) -> bytes:
    """A payload with its length in front."""
    return _HEADER.pack(len(payload)) + payload


def envelope(identity: Identity, sampler: str, timestamp: float, tables: Iterable[Rows]) -> bytes:
    """What one sampler has to say: its new rows by table."""
    parts = [map_header(2), pack_text("meta"), pack(_meta(identity, sampler, timestamp))]
    listed = list(tables)
    parts += [pack_text("body"), map_header(1), pack_text("tables"), map_header(len(listed))]
    for table, rows in listed:
        parts += [pack_text(table), array_header(len(rows)), *rows]
    return b"".join(parts)


def batch(items: List[bytes]) -> bytes:
    """A frame that holds envelopes or controls."""
    return frame(array_header(len(items)) + b"".join(items))


def hello(identity: Identity, session_id: str, token: Optional[str]) -> bytes:
    """The first frame of a connection; it asks for acknowledgements."""
    return batch([
        pack({
            _CONTROL: "hello",
            "protocol": PROTOCOL_VERSION,
            "session_id": session_id,
            "token": token,
            "acks": True,
            "global_rank": identity.global_rank,
        })
    ])  # fmt: skip


def rank_finished(identity: Identity, timestamp: float) -> bytes:
    """The last frame of a rank."""
    return batch([
        pack({
            _CONTROL: "rank_finished",
            "global_rank": identity.global_rank,
            "world_size": identity.world_size,
            "node_rank": identity.node_rank,
            "hostname": identity.hostname,
            "timestamp": timestamp,
        })
    ])  # fmt: skip


class AnswerReader:
    """Cuts what the aggregator answers into acknowledgements."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Optional[int]:
        """The newest number of acknowledged frames in `data`, or None when it holds none.

        Raises ValueError when the peer does not speak the protocol.
        """
        self._buffer += data
        newest: Optional[int] = None
        while len(self._buffer) >= HEADER_BYTES:
            size = _HEADER.unpack_from(self._buffer)[0]
            if size > _MAX_ANSWER_BYTES:
                raise ValueError("The peer announces an answer of %d bytes." % size)
            end = HEADER_BYTES + size
            if len(self._buffer) < end:
                break
            payload = bytes(self._buffer[HEADER_BYTES:end])
            del self._buffer[:end]
            newest = _acknowledged(payload, newest)
        return newest


def _acknowledged(payload: bytes, newest: Optional[int]) -> Optional[int]:
    try:
        answer = unpack(payload)
    except ValueError:
        return newest
    for item in answer if isinstance(answer, list) else [answer]:
        if isinstance(item, dict) and item.get(_CONTROL) == "ack":
            frames = item.get("frames")
            if isinstance(frames, int) and frames >= 0:
                newest = frames if newest is None else max(newest, frames)
    return newest


def _meta(identity: Identity, sampler: str, timestamp: float) -> Dict[str, Any]:
    return {
        "rank": identity.global_rank,
        "global_rank": identity.global_rank,
        "local_rank": identity.local_rank,
        "world_size": identity.world_size,
        "local_world_size": identity.local_world_size,
        "node_rank": identity.node_rank,
        "hostname": identity.hostname,
        "pid": identity.pid,
        "sampler": sampler,
        "timestamp": timestamp,
    }
