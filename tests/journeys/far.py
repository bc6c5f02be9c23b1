"""A host of its own, as far as the network goes: `python far.py SOCKET PORT COMMAND…`, in a new network namespace.

Its loopback comes up, and TCP on PORT there leads to PostgreSQL's SOCKET, as a cable would; then the command takes this
process's place. The relay ends with it.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_PR_SET_PDEATHSIG = 1


def main() -> None:
    path, port, *command = sys.argv[1:]
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    listening = socket.create_server(("127.0.0.1", int(port)))
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        asyncio.run(_relay(listening, path))
    listening.close()
    os.execvp(command[0], command)


async def _relay(listening: socket.socket, path: str) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_unix_connection(path)
        await asyncio.gather(_pass(reader, here), _pass(there, writer))

    async with await asyncio.start_server(connected, sock=listening) as server:
        await server.serve_forever()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


if __name__ == "__main__":
    main()
