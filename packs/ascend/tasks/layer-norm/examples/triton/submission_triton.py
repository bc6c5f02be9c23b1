"""Several rows a program, each row whole: the mean first, then the squares of what is left, which no large mean spoils."""

import torch
import triton
import triton.language as tl

ROWS = 16


@triton.jit
def normalised_rows(x, gamma, beta, y, rows, columns, eps, R: tl.constexpr, C: tl.constexpr):
    row = tl.program_id(0) * R + tl.arange(0, R)[:, None]
    column = tl.arange(0, C)[None, :]
    used = column < columns
    inside = (row < rows) & used
    place = row * columns + column
    value = tl.load(x + place, mask=inside, other=0.0).to(tl.float32)
    mean = tl.sum(value, axis=1, keep_dims=True) / columns
    centred = tl.where(inside, value - mean, 0.0)
    variance = tl.sum(centred * centred, axis=1, keep_dims=True) / columns
    scale = tl.load(gamma + column, mask=used, other=0.0).to(tl.float32)
    shift = tl.load(beta + column, mask=used, other=0.0).to(tl.float32)
    answer = centred / tl.sqrt(variance + eps) * scale + shift
    tl.store(y + place, answer.to(y.dtype.element_ty), mask=inside)


def layer_norm(x, gamma, beta, eps):
    flat = x.contiguous().reshape(-1, x.shape[-1])
    y = torch.empty_like(flat)
    rows, columns = flat.shape
    if rows:
        grid, width = (triton.cdiv(rows, ROWS),), triton.next_power_of_2(columns)
        normalised_rows[grid](flat, gamma.contiguous(), beta.contiguous(), y, rows, columns, eps, R=ROWS, C=width)
    return y.reshape(x.shape)
