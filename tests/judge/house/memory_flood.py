"""Takes memory until there is none."""

# fate: memory_limit

hold = []
while True:
    hold.append(bytearray(8 << 20))
