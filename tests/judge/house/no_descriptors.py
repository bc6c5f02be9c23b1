"""Closes all that it has, the judge's pipes among them."""

# fate: any

import os

os.closerange(0, 256)
act = print
