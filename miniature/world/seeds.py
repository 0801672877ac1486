"""Where all chance of the miniature world comes from."""

import numpy as np


def check_seed(seed):
    """Raise ValueError unless the seed of a world is a whole number, 0 or more."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"expected a seed that is a whole number, 0 or more, found {seed!r}")


def scene_generator(seed, split, name):
    """The random generator of one scene, from seed, split and name alone."""
    return np.random.default_rng([seed, *f"{split}/{name}".encode()])
