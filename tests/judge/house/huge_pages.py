"""Takes the host's huge pages, which no limit on memory counts."""

# fate: fine

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
REFUSED, FAILED = 1, ctypes.c_void_p(-1).value
HUGE = 0x40000

for size in (0, 21, 30):  # the default, 2 MB, 1 GB
    place = libc.mmap(None, 1 << (size or 21), 3, 0x22 | HUGE | size << 26, -1, 0)
    if place != FAILED or ctypes.get_errno() != REFUSED:  # a host that has none to spare says so otherwise
        print("GOT an answer to mmap of", size)
print("TRIED")
act = print
