"""dtype names, the narrow floats included."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

Array = np.ndarray[Any, Any]

_NARROW: dict[str, Any] = {
    "bfloat16": ml_dtypes.bfloat16,
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
}
FLOATS = ("float16", "float32", "float64", *_NARROW)
EXACT = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
NAMES = (*FLOATS, *EXACT)


def dtype(name: str) -> np.dtype[Any]:
    """The numpy dtype of one of NAMES."""
    found: np.dtype[Any] = np.dtype(_NARROW.get(name, name))
    return found


def is_float(name: str) -> bool:
    """Whether values are compared with a tolerance."""
    return name in FLOATS


def stray(values: Array, expected: Array) -> Array:
    """Where a NaN or an infinity isn't where `expected`, rounded to the dtype, has the same. Both float64."""
    odd = (np.isnan(values) != np.isnan(expected)) | (
        (np.isinf(values) | np.isinf(expected)) & (values != expected)
    )
    return np.asarray(odd & ~(np.isnan(values) & np.isnan(expected)))


def ulp(values: Array, name: str) -> Array:
    """The distance from each float64 value to its neighbour in dtype `name`, as float64; subnormals included."""
    finfo: Any = ml_dtypes.finfo
    info = finfo(dtype(name))
    lowest = int(info.minexp)
    exponents = np.where(values == 0, lowest, np.frexp(np.abs(values))[1] - 1)
    steps: Array = np.ldexp(1.0, np.maximum(exponents, lowest) - int(info.nmant))
    return steps
