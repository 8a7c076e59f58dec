"""Delivery over real sockets: once acknowledged, again after a loss, never waited for too long."""

import time
import unittest
from typing import Any, List

from tests.server import Server, wait_for
from traceml_pytorch import wire
from traceml_pytorch.identity import Identity
from traceml_pytorch.msgpack import pack
from traceml_pytorch.send_buffer import SendBuffer
from traceml_pytorch.sender import Sender

IDENTITY = Identity(0, 0, 1, 1, 0, "host", 1)


def _sender(port: int, **options: Any) -> Sender:
    return Sender("127.0.0.1", port, IDENTITY, "session", **options)


def _frame(number: int) -> bytes:
    return wire.batch([pack({"number": number})])


def _numbers(server: Server) -> List[int]:
    return [item["number"] for item in server.messages]


class Delivery(unittest.TestCase):
    def test_everything_arrives_in_order_and_is_forgotten(self) -> None:
        with Server() as server:
            sender = _sender(server.port)
            for number in range(100):
                sender.buffer.add(_frame(number), 1)
            self.assertTrue(sender.flush(time.monotonic() + 10))
            self.assertEqual(_numbers(server), list(range(100)))
            self.assertEqual(len(sender.buffer), 0)
            hello = server.connections[0][0]
            self.assertEqual((hello["session_id"], hello["acks"]), ("session", True))
            sender.close()

    def test_what_was_not_acknowledged_travels_again(self) -> None:
        with Server(acknowledges=False) as server:
            sender = _sender(server.port)
            for number in range(5):
                sender.buffer.add(_frame(number), 1)
            wait_for(lambda: sender.pump() or len(server.messages) == 5)
            server.acknowledges = True
            server.hang_up()
            self.assertTrue(sender.flush(time.monotonic() + 10))
            self.assertEqual(_numbers(server), [0, 1, 2, 3, 4] * 2)
            self.assertEqual((sender.connections, sender.buffer.dropped_rows), (2, 0))
            sender.close()

    def test_a_server_that_comes_late_gets_everything(self) -> None:
        with Server() as first:
            port = first.port
        sender = _sender(port)
        sender.buffer.add(_frame(1), 1)
        wait_for(lambda: sender.pump() or sender.is_unreachable)
        with Server(port=port) as server:
            wait_for(lambda: sender.pump() or not len(sender.buffer))
            self.assertEqual(_numbers(server), [1])
            sender.close()

    def test_a_server_that_never_acknowledges_is_believed_after_a_while(self) -> None:
        with Server(acknowledges=False) as server:
            sender = _sender(server.port)
            sender.buffer.add(_frame(1), 1)
            self.assertTrue(sender.flush(time.monotonic() + 10))
            self.assertEqual(_numbers(server), [1])
            sender.close()

    def test_the_user_is_told_once_that_nobody_answers(self) -> None:
        with Server() as gone:
            port = gone.port
        warnings: List[str] = []
        sender = _sender(port, on_warning=warnings.append)
        sender.buffer.add(_frame(1), 1)
        began = time.monotonic()
        self.assertFalse(sender.flush(began + 10))
        # Refused connections end the flush long before its time.
        self.assertLess(time.monotonic() - began, 5)
        sender.flush(time.monotonic() + 1)
        self.assertEqual(len(warnings), 1)
        self.assertIn("127.0.0.1:%d cannot be reached" % port, warnings[0])
        sender.close()
        self.assertEqual(sender.buffer.dropped_rows, 1)

    def test_a_peer_that_speaks_something_else_does_not_end_the_thread(self) -> None:
        with Server(acknowledges=False) as server:
            sender = _sender(server.port)
            sender.buffer.add(_frame(1), 1)
            wait_for(lambda: sender.pump() or server._peers)
            server._peers[0].sendall(b"HTTP/1.1 400 Bad Request\r\n")
            wait_for(lambda: sender.pump() or sender.connections == 2)
            sender.close()


class Buffer(unittest.TestCase):
    def test_a_full_buffer_drops_its_oldest_rows_but_no_control(self) -> None:
        buffer = SendBuffer(max_frames=3)
        buffer.add(b"control", 0, is_control=True)
        for number in range(4):
            buffer.add(b"%d" % number, 10)
        sent = []
        while buffer.has_unsent:
            sent.append(buffer.next())
            buffer.mark_sent()
        self.assertEqual(sent, [b"control", b"2", b"3"])
        self.assertEqual((buffer.dropped_frames, buffer.dropped_rows), (2, 20))

    def test_bytes_are_bounded_and_the_newest_stays(self) -> None:
        buffer = SendBuffer(max_bytes=10)
        buffer.add(b"x" * 6, 1)
        buffer.add(b"y" * 60, 1)
        self.assertEqual(buffer.next(), b"y" * 60)
        self.assertEqual(buffer.dropped_rows, 1)

    def test_a_rewind_keeps_the_order(self) -> None:
        buffer = SendBuffer()
        for name in (b"a", b"b", b"c"):
            buffer.add(name, 1)
        buffer.mark_sent()
        buffer.mark_sent()
        buffer.confirm(1)
        buffer.rewind()
        self.assertEqual(buffer.next(), b"b")
        self.assertEqual(len(buffer), 2)


if __name__ == "__main__":
    unittest.main()
