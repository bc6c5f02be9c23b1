"""C++ to a library: g++ in a sandbox of its own, where it may start programs but read nothing of the host's."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from heitu.engines.judge.session import Failed, Subject
from heitu.engines.sandbox import channel
from heitu.engines.sandbox.box import Box, Ended, Room
from heitu.engines.sandbox.errors import BrokenCall
from heitu.engines.sandbox.nursery import Nursery

_ROOM = Room(memory_mb=1536, processes=32, disk_mb=64, programs=True)
_SECONDS = 60.0
_LARGEST = 16 << 20


def compiled(nursery: Nursery, file: str, files: Mapping[str, bytes]) -> Subject:
    """Compile `file`. Raises Failed with the compiler's words, BrokenCall where the machine has no g++."""
    if shutil.which("g++", path="/usr/bin:/bin") is None:
        mend = "apt-get install g++"
        raise BrokenCall("no_compiler", f"本机没有 g++：{mend}", f"there is no g++ here: {mend}")
    try:
        with Box(nursery, _ROOM, {"file": file}, list(files.items())) as box:
            reply = box.start(_SECONDS)
            size = reply.outputs[0].axes[0] if reply.outputs and reply.outputs[0].axes else 0
            if reply.status != channel.OK or not 0 < size <= _LARGEST:
                text = reply.text or f"the library is larger than {_LARGEST >> 20} MB"
                raise Failed("compile_error", text)
            library = box.outputs[channel.OUT_DATA : channel.OUT_DATA + size]
    except Ended as error:
        raise Failed("compile_error", f"{error.verdict}: {error.text}") from error
    return Subject("cpp", "kernel.so", {"kernel.so": library})
