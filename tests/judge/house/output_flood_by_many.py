"""Prints for ever from children, after the parent is done."""

# fate: output_limit

import os

for _ in range(3):
    os.fork()
while True:
    os.write(2, bytes(65536))
