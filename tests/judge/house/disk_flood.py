"""Writes until its folder is full."""

# fate: fine

written = 0
try:
    with open("x", "wb", buffering=0) as file:
        while True:
            written += file.write(bytes(1 << 20))
except OSError:
    pass
print("TRIED" if written <= 8 << 20 else f"GOT {written >> 20} MB")
act = print
