"""A file of a terabyte of nothing."""

# fate: any

import os

os.truncate(os.open("x", os.O_CREAT | os.O_RDWR), 1 << 40)
print("GOT a terabyte", flush=True)
