"""Arrays as the submission's framework knows them. Runs beside the submission; nothing here is trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

_BITS = {"bfloat16": np.int16, "float8_e4m3fn": np.uint8, "float8_e5m2": np.uint8}


@dataclass(frozen=True)
class Framework:
    """`given`: a read-only array to what the entry gets; `taken`: what it returned to an array, or as it came."""

    given: Callable[[Any], Any]
    taken: Callable[[Any], Any]


def of(language: str) -> Framework:
    """The framework of a submission's language; numpy for plain Python."""
    if language in ("torch", "triton"):
        return _torch()
    if language == "mindspore":
        return _mindspore()
    return Framework(given=lambda value: value, taken=_lifted)


def _lifted(value: Any) -> Any:
    """A numpy scalar counts as an array of rank 0, since that is what numpy makes of one."""
    return np.asarray(value) if isinstance(value, np.generic) else value


def _torch() -> Framework:
    import warnings

    import torch

    torch.set_num_threads(1)
    narrow = {name: getattr(torch, name) for name in _BITS}
    warnings.filterwarnings("ignore", message="The given NumPy array is not writable")

    def given(value: Any) -> Any:
        bits = _BITS.get(value.dtype.name)
        if bits is None:
            return torch.from_numpy(value if _has_positive_strides(value) else value.copy())
        return torch.from_numpy(value.view(bits)).view(narrow[value.dtype.name])

    def taken(value: Any) -> Any:
        if type(value) is not torch.Tensor:
            return value
        name = str(value.dtype).removeprefix("torch.")
        held = value.detach().contiguous()
        if name in _BITS:
            return held.view(getattr(torch, np.dtype(_BITS[name]).name)).numpy().view(getattr(ml_dtypes, name))
        return held.numpy()

    return Framework(given, taken)


def _has_positive_strides(value: Any) -> bool:
    return all(stride >= 0 for stride in value.strides)


def _mindspore() -> Framework:
    import mindspore

    mindspore.set_context(mode=mindspore.PYNATIVE_MODE)

    def given(value: Any) -> Any:
        if value.dtype.name == "bfloat16":
            return mindspore.Tensor(value.astype(np.float32), mindspore.bfloat16)
        return mindspore.Tensor(np.ascontiguousarray(value))

    def taken(value: Any) -> Any:
        if not isinstance(value, mindspore.Tensor):
            return _lifted(value)
        if value.dtype == mindspore.bfloat16:
            return value.astype(mindspore.float32).asnumpy().astype(ml_dtypes.bfloat16)
        return value.asnumpy()

    return Framework(given, taken)
