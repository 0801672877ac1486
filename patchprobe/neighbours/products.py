"""Inner products of features, accumulated in float32, and bounds on their rounding errors.

Embeddings are stored as float16. The product of two of them has 22 bits, so that float32 holds it
exactly: tensor cores, which multiply float16 and add up in float32, lose nothing but in the sums.
Their sums are not those of IEEE arithmetic, and have a bound of their own.
"""

import logging

import torch

log = logging.getLogger(__name__)


class Float32:
    """Products of float32 rows, summed in IEEE float32 in any order."""

    dtype = torch.float32

    @staticmethod
    def error(n_features, n_steps):
        """Bound on the error of q.b and of what is made of it, relative to |q| |b|.

        A sum of n products errs by at most (n + 2) u, u = 2^-24, in whatever order (Higham,
        Accuracy and Stability of Numerical Algorithms, eq. 3.5); two more for the steps after it.

        Parameters
        ----------
        n_features : int
        n_steps : int
            Calls of `add` that led to the products.
        """
        return (n_features + 4) * 2.0**-24

    @staticmethod
    def add(products, queries, rows, beta):
        """products = beta * products + queries @ rows.T, in place."""
        torch.addmm(products, queries, rows.T, beta=beta, out=products)


class TensorCores:
    """Products of float16 rows on the tensor cores of a GPU."""

    dtype = torch.float16

    @staticmethod
    def error(n_features, n_steps):
        """Bound on the error of q.b and of what is made of it, relative to |q| |b|.

        Products are exact. They are added in blocks of 4 or more, together with the sum so far: all
        are aligned to the largest of them, cut off there to 24 bits or more, and the sum is cut off
        to 24 bits (Volta to Ampere: Fasi, Higham, Mikaitis and Pranesh, Numerical behavior of
        NVIDIA tensor cores, PeerJ Computer Science 7:e330, 2021; to Blackwell: Khattak and
        Mikaitis, Accurate models of NVIDIA tensor cores, arXiv 2512.07004, 2025).

        Each cut loses at most v = 2^-23 of the largest, which is at most the sum S of all
        magnitudes, S <= |q| |b|. A block of b products makes b + 2 cuts; so n products make at most
        1.5 n + 2 with b = 4, and fewer with larger blocks. Each call of `add` makes a shorter block
        (2 cuts) and adds to what was there (2). Half an n more is for sums cut into slices by
        cuBLAS, 8 for the steps after it and terms of second order.
        """
        return (2 * n_features + 4 * n_steps + 8) * 2.0**-23

    @staticmethod
    def add(products, queries, rows, beta):
        """products = beta * products + queries @ rows.T, in place."""
        torch.addmm(products, queries, rows.T, beta=beta, out_dtype=torch.float32, out=products)


def choose(device, *dtypes):
    """How to multiply rows of these types on a device: `TensorCores` where they work."""
    if device.type != "cuda" or set(dtypes) != {torch.float16}:
        return Float32
    return TensorCores if _has_tensor_cores(device) else Float32


def _has_tensor_cores(device):
    """Whether NVIDIA's device multiplies float16 into float32, tried on products known by heart."""
    if torch.version.hip or torch.cuda.get_device_capability(device) < (7, 0):
        return False  # of AMD's matrix cores the bound is not known to hold
    queries = torch.arange(128, device=device).reshape(8, 16).half()
    products = torch.ones(8, 8, device=device)
    try:
        TensorCores.add(products, queries, queries, beta=1)
    except (RuntimeError, TypeError) as error:  # torch before 2.10
        log.info("products in float32, since those of float16 fail here: %s", error)
        return False
    expected = queries.double() @ queries.double().T + 1
    return bool((products.double() == expected).all())
