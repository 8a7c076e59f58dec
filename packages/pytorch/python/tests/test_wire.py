"""Bytes of the wire, against the vectors of the repository."""

import json
import os
import unittest
from typing import Any, List

from traceml_pytorch import wire
from traceml_pytorch.identity import Identity, resolve_identity
from traceml_pytorch.msgpack import pack, unpack

_VECTORS = os.path.join(
    os.path.dirname(__file__), *[os.pardir] * 4, "tests", "telemetry", "vectors", "wire_frames.json"
)
IDENTITY = Identity(1, 1, 4, 4, 0, "n0", 300)


def _frames() -> List[Any]:
    with open(_VECTORS, encoding="utf-8") as file:
        return [case for case in json.load(file) if case["codec"] == "msgpack"]


class Vectors(unittest.TestCase):
    def test_there_are_vectors(self) -> None:
        self.assertGreater(len(_frames()), 3)

    def test_every_frame_is_written_byte_for_byte(self) -> None:
        for case in _frames():
            with self.subTest(index=case["index"]):
                self.assertEqual(wire.frame(pack(case["decoded"])).hex(), case["frame_hex"])

    def test_every_frame_is_read(self) -> None:
        for case in _frames():
            payload = bytes.fromhex(case["frame_hex"])[wire.HEADER_BYTES :]
            self.assertEqual(unpack(payload), case["decoded"])

    def test_envelopes_are_assembled_byte_for_byte(self) -> None:
        for case in _frames():
            items = [item for item in case["decoded"] if "meta" in item]
            if not items or len(items) != len(case["decoded"]):
                continue
            envelopes = []
            for item in items:
                meta = dict(item["meta"])
                sampler, timestamp = meta.pop("sampler"), meta.pop("timestamp")
                meta.pop("rank")
                tables = [
                    (name, [pack(row) for row in rows])
                    for name, rows in item["body"]["tables"].items()
                ]
                envelopes.append(wire.envelope(Identity(**meta), sampler, timestamp, tables))
            self.assertEqual(wire.batch(envelopes).hex(), case["frame_hex"])

    def test_the_end_of_a_rank(self) -> None:
        expected = (
            "000000649186b05f74726163656d6c5f636f6e74726f6cad72616e6b5f66696e6973686564"
            "ab676c6f62616c5f72616e6b01aa776f726c645f73697a6504a96e6f64655f72616e6b00"
            "a8686f73746e616d65a26e30a974696d657374616d70cb408f440000000000"
        )
        self.assertEqual(wire.rank_finished(IDENTITY, 1000.5).hex(), expected)


class Numbers(unittest.TestCase):
    def test_integers_take_their_smallest_form(self) -> None:
        for value, encoded in (
            (0, "00"), (127, "7f"), (128, "cc80"), (256, "cd0100"), (65536, "ce00010000"),
            (1 << 32, "cf0000000100000000"), (-1, "ff"), (-32, "e0"), (-33, "d0df"),
            (-129, "d1ff7f"), (-32769, "d2ffff7fff"), (-(1 << 31) - 1, "d3ffffffff7fffffff"),
        ):  # fmt: skip
            self.assertEqual(pack(value).hex(), encoded)
            self.assertEqual(unpack(pack(value)), value)

    def test_sizes_at_every_border_survive(self) -> None:
        for size in (0, 15, 16, 31, 32, 255, 256, 65535, 65536):
            self.assertEqual(unpack(pack("x" * size)), "x" * size)
            self.assertEqual(unpack(pack([None] * size)), [None] * size)
            pairs = {str(index): index for index in range(size)}
            self.assertEqual(unpack(pack(pairs)), pairs)

    def test_what_cannot_be_sent_is_named(self) -> None:
        with self.assertRaisesRegex(TypeError, "set"):
            pack({"a": {1}})
        with self.assertRaisesRegex(OverflowError, "64 bits"):
            pack(1 << 64)

    def test_text_that_is_none_is_sent_all_the_same(self) -> None:
        self.assertEqual(unpack(pack("a\udc80b")), "a?b")


class Answers(unittest.TestCase):
    def _ack(self, frames: int) -> bytes:
        return wire.frame(pack({"_traceml_control": "ack", "frames": frames}))

    def test_acknowledgements_in_pieces_and_together(self) -> None:
        reader = wire.AnswerReader()
        data = self._ack(1) + self._ack(7)
        found = [reader.feed(data[at : at + 1]) for at in range(len(data))]
        self.assertEqual([frames for frames in found if frames is not None], [1, 7])
        self.assertEqual(wire.AnswerReader().feed(data), 7)

    def test_what_is_no_acknowledgement_is_passed_over(self) -> None:
        reader = wire.AnswerReader()
        for payload in (b"", b"\xc1", pack(5), pack({"_traceml_control": "ack", "frames": -1})):
            self.assertIsNone(reader.feed(wire.frame(payload)))
        self.assertEqual(reader.feed(self._ack(3)), 3)

    def test_a_peer_that_speaks_something_else_is_an_error(self) -> None:
        with self.assertRaises(ValueError):
            wire.AnswerReader().feed(b"HTTP/1.1 400 Bad Request\r\n")


class Identities(unittest.TestCase):
    def test_the_worked_examples(self) -> None:
        for text, expected in (
            ("", (0, 0, 1, 1, 0)),
            ("RANK=2 LOCAL_RANK=2 WORLD_SIZE=4 LOCAL_WORLD_SIZE=4 GROUP_RANK=0", (2, 2, 4, 4, 0)),
            ("RANK=5 LOCAL_RANK=1 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4 GROUP_RANK=1", (5, 1, 8, 4, 1)),
            ("RANK=3 WORLD_SIZE=4", (3, 0, 4, 1, 3)),
            ("RANK=5 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4", (5, 1, 8, 4, 1)),
            ("RANK=6 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4 NODE_RANK=7", (6, 2, 8, 4, 7)),
            ("RANK=6 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4 NODE_RANK=7 GROUP_RANK=1", (6, 2, 8, 4, 1)),
            ("RANK=x WORLD_SIZE=", (0, 0, 1, 1, 0)),
            ("RANK=-1 WORLD_SIZE=0 LOCAL_RANK=-3 LOCAL_WORLD_SIZE=0", (-1, 0, 1, 1, 0)),
            ("LOCAL_RANK=3", (0, 3, 1, 1, 0)),
            ("WORLD_SIZE=2", (0, 0, 2, 1, 0)),
        ):
            env = dict(pair.split("=", 1) for pair in text.split())
            found = resolve_identity(env)
            self.assertEqual(
                (
                    found.global_rank,
                    found.local_rank,
                    found.world_size,
                    found.local_world_size,
                    found.node_rank,
                ),
                expected,
                text,
            )

    def test_a_process_group_stands_in_for_variables(self) -> None:
        class Group:
            is_available = staticmethod(lambda: True)
            is_initialized = staticmethod(lambda: True)
            get_rank = staticmethod(lambda: 3)
            get_world_size = staticmethod(lambda: 4)

        self.assertEqual(resolve_identity({}, Group)[:3], (3, 0, 4))
        self.assertEqual(resolve_identity({"RANK": "1", "WORLD_SIZE": "2"}, Group)[:3], (1, 0, 2))


if __name__ == "__main__":
    unittest.main()
