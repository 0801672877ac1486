"""Features centred, standardised or whitened by their mean and covariance over the bank."""

from dataclasses import dataclass

import numpy as np

EPS = 1e-6  # added to variances, as by the BatchNorm of MAE's linear head
SCALINGS = ("centred", "standardised", "whitened")
_ROWS = 16384


@dataclass(frozen=True)
class Scaling:
    """The map x -> (x - mean) @ matrix, or (x - mean) * factors, of embeddings.

    Attributes
    ----------
    mean : numpy.ndarray of shape (n_features,), float64
    factors : numpy.ndarray of shape (n_features,) or (n_features, n_features), float64
    """

    mean: np.ndarray
    factors: np.ndarray

    def __call__(self, rows):
        """Rows (n, n_features) of NumPy or Dask, mapped in float64; float32."""
        centred = rows.astype(np.float64) - self.mean
        mapped = centred @ self.factors if self.factors.ndim == 2 else centred * self.factors
        return mapped.astype(np.float32)


def moments(rows):
    """Mean and population covariance of embeddings, in float64, block by block.

    Parameters
    ----------
    rows : array of shape (n, n_features)
        NumPy, Zarr or Dask.

    Returns
    -------
    mean : numpy.ndarray of shape (n_features,)
    covariance : numpy.ndarray of shape (n_features, n_features)
    """
    n, n_features = rows.shape
    shift = np.asarray(rows[:_ROWS]).astype(np.float64).mean(axis=0)  # against cancellation
    total, products = np.zeros(n_features), np.zeros((n_features, n_features))
    for start in range(0, n, _ROWS):
        block = np.asarray(rows[start : start + _ROWS]).astype(np.float64) - shift
        total += block.sum(axis=0)
        products += block.T @ block
    mean = total / n
    return shift + mean, products / n - np.outer(mean, mean)


def fit(name, mean, covariance):
    """A scaling by its name.

    Parameters
    ----------
    name : {"centred", "standardised", "whitened"}
        "centred" subtracts the mean. "standardised" then divides every feature by its deviation, as
        BatchNorm in evaluation mode does with the statistics of the bank. "whitened" rotates to the
        principal components and divides those by their deviations, so that Euclidean distances are
        Mahalanobis distances.
    mean, covariance
        See `moments`.

    Returns
    -------
    Scaling
    """
    if name == "centred":
        return Scaling(mean, np.ones(len(mean)))
    if name == "standardised":
        return Scaling(mean, 1 / np.sqrt(np.diag(covariance) + EPS))
    if name == "whitened":
        variances, axes = np.linalg.eigh(covariance)
        return Scaling(mean, axes / np.sqrt(np.maximum(variances, 0) + EPS))
    raise ValueError(f"expected a scaling of {SCALINGS}, found {name!r}")
