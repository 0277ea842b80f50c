"""No test reaches the network."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_a_far_address_is_refused() -> None:
    with socket.socket() as far, pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        far.connect(("192.0.2.1", 80))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as near, socket.create_connection(near.getsockname()) as here:
        assert here.getpeername() == near.getsockname()
