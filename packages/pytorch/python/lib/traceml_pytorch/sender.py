"""Delivering frames to the aggregator: at least once, in the background, never waited for."""

import random
import select
import socket
import time
from typing import Callable, Optional

from .identity import Identity
from .send_buffer import SendBuffer
from .wire import AnswerReader, hello

_CONNECT_TIMEOUT = 1.0
_FIRST_BACKOFF = 0.1
_MAX_BACKOFF = 5.0
#: A server that acknowledges answers the hello at once; after this time it is taken not to.
_ACK_GRACE = 2.0
#: Attempts in a row that may fail before the user is told.
_PATIENCE = 3


class Sender:
    """One connection at a time, used by the agent thread only.

    A frame stays in the buffer until the aggregator has acknowledged it and travels again after a
    reconnect. With a server that never acknowledges, a frame counts as delivered when it was
    written. `on_warning` is called once, when nobody answers.
    """

    def __init__(
        self,
        host: str,
        port: int,
        identity: Identity,
        session_id: str,
        token: Optional[str] = None,
        on_warning: Callable[[str], None] = lambda message: None,
        buffer: Optional[SendBuffer] = None,
    ) -> None:
        self.buffer = buffer if buffer is not None else SendBuffer()
        self._address = (host, port)
        self._hello = hello(identity, session_id, token)
        self._on_warning = on_warning
        self._socket: Optional[socket.socket] = None
        self._answers = AnswerReader()
        self._partial = b""
        self._sent_frames = 0
        self._confirmed_frames = 0
        self._connected_at = 0.0
        self._acknowledges: Optional[bool] = None
        self._failures = 0
        self._retry_at = 0.0
        self._has_warned = False
        #: Connections made so far.
        self.connections = 0

    @property
    def is_connected(self) -> bool:
        return self._socket is not None

    @property
    def is_unreachable(self) -> bool:
        """True once several attempts in a row have failed."""
        return self._failures >= _PATIENCE

    def pump(self) -> None:
        """Connects when it is time, sends what the socket takes, reads what came. Never waits long."""
        if self._socket is None and time.monotonic() >= self._retry_at:
            self._connect()
        if self._socket is None:
            return
        try:
            self._read()
            self._write()
        except (OSError, ValueError) as error:
            self._lose(error)

    def flush(self, deadline: float) -> bool:
        """Sends until everything has arrived or the monotonic time is `deadline`; False if not."""
        attempts = 0
        while time.monotonic() < deadline:
            if self._socket is None:
                if attempts >= _PATIENCE:
                    return False
                attempts += 1
                self._retry_at = 0.0
            self.pump()
            if not len(self.buffer) and not self._partial:
                return True
            if self._socket is None:
                time.sleep(min(0.05, max(0.0, deadline - time.monotonic())))
            else:
                self._wait(deadline)
        return False

    def close(self) -> None:
        """Gives up on what is left and ends the connection."""
        self.buffer.abandon()
        if self._socket is not None:
            try:
                self._socket.close()
            except OSError:
                pass
            self._socket = None

    def forget_socket(self) -> None:
        """In a forked child: closes the copy of the socket; the connection stays the parent's."""
        if self._socket is not None:
            try:
                self._socket.close()
            except OSError:
                pass
            self._socket = None

    def _connect(self) -> None:
        try:
            connection = socket.create_connection(self._address, _CONNECT_TIMEOUT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setblocking(False)
        except OSError as error:
            self._fail(error)
            return
        self._socket = connection
        self.connections += 1
        self._connected_at = time.monotonic()
        self._answers = AnswerReader()
        self._partial = self._hello
        # The hello is the first frame of the connection and is acknowledged like any other.
        self._sent_frames = 0
        self._confirmed_frames = 0
        self._acknowledges = None

    def _write(self) -> None:
        assert self._socket is not None
        while True:
            if not self._partial:
                frame = self.buffer.next()
                if frame is None:
                    return
                self._partial = frame
                self.buffer.mark_sent()
                self._sent_frames += 1
                if self._acknowledges is False:
                    self._confirm(self._sent_frames)
            try:
                count = self._socket.send(self._partial)
            except (BlockingIOError, InterruptedError):
                return
            self._partial = self._partial[count:]

    def _read(self) -> None:
        assert self._socket is not None
        while True:
            try:
                data = self._socket.recv(65536)
            except (BlockingIOError, InterruptedError):
                break
            if not data:
                raise ConnectionResetError("closed by the aggregator")
            frames = self._answers.feed(data)
            if frames is not None:
                self._acknowledges = True
                self._failures = 0
                self._confirm(frames - 1)
        if self._acknowledges is None and time.monotonic() - self._connected_at > _ACK_GRACE:
            self._acknowledges = False
            self._failures = 0
            self._confirm(self._sent_frames)

    def _confirm(self, frames: int) -> None:
        if frames > self._confirmed_frames:
            self.buffer.confirm(frames - self._confirmed_frames)
            self._confirmed_frames = frames

    def _wait(self, deadline: float) -> None:
        assert self._socket is not None
        left = max(0.0, min(0.05, deadline - time.monotonic()))
        writing = [self._socket] if self._partial or self.buffer.has_unsent else []
        try:
            select.select([self._socket], writing, [], left)
        except (OSError, ValueError):
            # More descriptors than select takes: a short sleep does as well.
            time.sleep(min(0.005, left))

    def _lose(self, error: Exception) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._partial = b""
        self.buffer.rewind()
        self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        delay = min(_MAX_BACKOFF, _FIRST_BACKOFF * 2 ** min(self._failures - 1, 10))
        # Spread out, so that the ranks of a run do not all come back in the same instant.
        self._retry_at = time.monotonic() + delay * (0.5 + random.random() / 2)
        if self._failures == _PATIENCE and not self._has_warned:
            self._has_warned = True
            self._on_warning(
                "traceml: the aggregator at %s:%d cannot be reached (%s); training goes on, and "
                "telemetry is kept for it up to a limit." % (*self._address, error)
            )
