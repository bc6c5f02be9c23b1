"""Makes empty files until it may not."""

# fate: fine

made = 0
try:
    for number in range(100_000):
        open(f"f{number}", "w").close()
        made += 1
except OSError:
    pass
print("TRIED" if made < 5000 else f"GOT {made} files")
act = print
