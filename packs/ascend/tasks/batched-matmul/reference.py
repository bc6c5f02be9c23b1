"""y[i] = a[i] · b[i]ᵀ for every i, in float64."""


def reference(a, b):
    return a @ b.transpose(0, 2, 1)
