"""The regularity of gaps against SciPy's median absolute deviation."""

import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from udfs.beacons import regularity


@pytest.mark.parametrize("seed", range(20))
def test_regularity_is_that_of_another_library(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(100, 10 * seed, rng.integers(1, 50)).clip(1)
    assert regularity(values) == pytest.approx(max(0.0, 1 - median_abs_deviation(values) / np.median(values)))
