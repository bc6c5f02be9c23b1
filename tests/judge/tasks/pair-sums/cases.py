def _drawn(rng, shape):
    return {"a": rng.standard_normal(shape).astype("float32"), "b": rng.standard_normal(shape[-1:]).astype("float32")}


def cases(rng):
    for rows, columns, timed in ((5, 11, False), (400, 601, True)):
        yield {
            "id": f"f32-{rows}x{columns}",
            "dtype": "float32",
            "public": True,
            "timed": timed,
            "make": lambda rng, shape=(rows, columns): _drawn(rng, shape),
        }
