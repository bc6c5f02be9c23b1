"""Every family there is: vsock to the hypervisor, abstract names, netlink, raw packets."""

# fate: fine

import socket

for family in range(64):
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind)
            print("GOT a socket", family, kind)
        except OSError:
            pass
try:
    socket.socketpair()
    print("GOT a pair")
except OSError:
    pass
print("TRIED")
act = print
