"""A small aggregator: takes frames on a real socket, and acknowledges them as it is told."""

import socket
import struct
import threading
import time
from typing import Any, Callable, List

from traceml_pytorch import wire
from traceml_pytorch.msgpack import pack, unpack


class Server:
    """Keeps what it received, by connection."""

    def __init__(self, acknowledges: bool = True, port: int = 0) -> None:
        self.acknowledges = acknowledges
        self.connections: List[List[Any]] = []
        self._peers: List[socket.socket] = []
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(8)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    @property
    def messages(self) -> List[Any]:
        """Items of all frames but the hellos."""
        items = [item for connection in list(self.connections) for item in list(connection)]
        return [item for item in items if item.get("_traceml_control") != "hello"]

    def rows(self, table: str) -> List[Any]:
        found: List[Any] = []
        for item in self.messages:
            if "body" in item:
                found += item["body"]["tables"].get(table, [])
        return found

    def hang_up(self) -> None:
        """Ends all connections."""
        while self._peers:
            peer = self._peers.pop()
            try:
                # Wakes the thread that reads, where closing alone would not.
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            peer.close()

    def close(self) -> None:
        # Wakes the thread that accepts, where closing alone would not.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            items: List[Any] = []
            self.connections.append(items)
            self._peers.append(peer)
            threading.Thread(target=self._read, args=(peer, items), daemon=True).start()

    def _read(self, peer: socket.socket, items: List[Any]) -> None:
        buffer, frames = b"", 0
        while True:
            try:
                data = peer.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while len(buffer) >= 4 and len(buffer) >= 4 + struct.unpack(">I", buffer[:4])[0]:
                end = 4 + struct.unpack(">I", buffer[:4])[0]
                items.extend(unpack(buffer[4:end]))
                buffer = buffer[end:]
                frames += 1
            if self.acknowledges:
                try:
                    peer.sendall(wire.frame(pack([{"_traceml_control": "ack", "frames": frames}])))
                except OSError:
                    return


def wait_for(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Returns once the condition holds; fails after the deadline."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("The condition did not come true within %g s." % seconds)
        time.sleep(0.002)
