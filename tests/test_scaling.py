"""Centred, standardised and whitened features, against scikit-learn, torch and scipy."""

import dask.array as da
import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from patchprobe.embeddings import scaling
from patchprobe.neighbours import knn

RNG = np.random.default_rng(0)
MIXED = RNG.normal(size=(12, 12)) + 4 * np.eye(12)
ROWS = (RNG.normal(size=(40_000, 12)) @ MIXED + 5 * RNG.normal(size=12)).astype(np.float16)
QUERIES = (RNG.normal(size=(50, 12)) @ MIXED).astype(np.float16)
EXACT = ROWS.astype(np.float64)
MOMENTS = scaling.moments(ROWS)  # of three blocks


def fit(name):
    return scaling.fit(name, *MOMENTS)


def test_moments():
    mean, covariance = MOMENTS
    np.testing.assert_allclose(mean, EXACT.mean(0))
    np.testing.assert_allclose(covariance, np.cov(EXACT.T, bias=True), rtol=1e-9, atol=1e-10)
    for rows in (da.from_array(ROWS, chunks=(999, 12)), EXACT.astype(np.float32)):
        np.testing.assert_allclose(scaling.moments(rows)[1], covariance, rtol=1e-6)


def test_moments_far_from_zero():
    """A large mean with a small spread, which sums of squares alone would lose."""
    rows = np.full((30_000, 2), 60_000.0) + RNG.normal(size=(30_000, 2)) * 1e-4
    covariance = scaling.moments(rows)[1]
    np.testing.assert_allclose(np.diag(covariance), rows.var(0), rtol=1e-4)


def test_centred():
    np.testing.assert_allclose(fit("centred")(ROWS), EXACT - EXACT.mean(0), rtol=1e-5, atol=1e-5)


def test_standardised():
    expected = StandardScaler().fit(EXACT).transform(QUERIES.astype(np.float64))
    np.testing.assert_allclose(fit("standardised")(QUERIES), expected, rtol=1e-5, atol=1e-5)


def test_standardised_is_batch_norm_in_evaluation_mode():
    norm = torch.nn.BatchNorm1d(12, eps=1e-6, affine=False, momentum=1.0).double()
    norm(torch.from_numpy(EXACT))  # one batch of everything: its statistics are the running ones
    with torch.inference_mode():
        expected = norm.eval()(torch.from_numpy(QUERIES.astype(np.float64)))
    # torch divides the variance by n - 1
    np.testing.assert_allclose(fit("standardised")(QUERIES), expected, rtol=1e-4, atol=1e-5)


def test_whitened():
    pca = PCA(whiten=True).fit(EXACT)
    whitened = fit("whitened")
    np.testing.assert_allclose(np.cov(whitened(ROWS).T, bias=True), np.eye(12), atol=1e-4)
    theirs = pca.transform(QUERIES.astype(np.float64))
    # rotated by signs and order alone: the same distances
    np.testing.assert_allclose(
        cdist(whitened(QUERIES), whitened(QUERIES)), cdist(theirs, theirs), rtol=1e-4, atol=1e-5
    )


def test_nearest_whitened_rows_are_nearest_by_mahalanobis():
    whitened = fit("whitened")
    found = knn.search(whitened(QUERIES), whitened(da.from_array(ROWS)), similarities=["l2"])
    inverse = np.linalg.inv(np.cov(EXACT.T, bias=True))
    expected = cdist(QUERIES.astype(float), EXACT, "mahalanobis", VI=inverse).argmin(1)
    np.testing.assert_array_equal(found.index[0, 0, :, 0], expected)


@pytest.mark.parametrize("name", scaling.SCALINGS)
def test_types_and_constant_features(name):
    rows = ROWS[:500].copy()
    rows[:, 3] = 2
    scale = scaling.fit(name, *scaling.moments(rows))
    lazy = scale(da.from_array(rows, chunks=(100, 12)))
    found = scale(rows)
    assert isinstance(lazy, da.Array) and lazy.dtype == found.dtype == np.float32
    np.testing.assert_allclose(lazy.compute(), found, rtol=1e-6, atol=1e-6)
    assert np.isfinite(found).all()
    if name != "whitened":
        assert (found[:, 3] == 0).all()


def test_unknown_scaling():
    with pytest.raises(ValueError, match="expected a scaling of"):
        fit("zca")
