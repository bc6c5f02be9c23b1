"""The implementation to beat: one einsum for every offset of the kernel."""

import numpy as np


def conv2d(x, weight, bias, stride, padding):
    kernel_height, kernel_width = weight.shape[2:]
    padded = np.pad(x.astype(np.float32), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    height = (padded.shape[2] - kernel_height) // stride + 1
    width = (padded.shape[3] - kernel_width) // stride + 1
    wide = weight.astype(np.float32)
    y = np.zeros((x.shape[0], weight.shape[0], height, width), np.float32)
    with np.errstate(invalid="ignore"):
        for i in range(kernel_height):
            for j in range(kernel_width):
                patch = padded[:, :, i : i + stride * height : stride, j : j + stride * width : stride]
                y += np.einsum("nchw,oc->nohw", patch, wide[:, :, i, j])
        return (y + bias.astype(np.float32)[:, None, None]).astype(x.dtype)
