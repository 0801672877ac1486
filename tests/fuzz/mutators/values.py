"""Values that no one expects, by hypothesis."""

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

EXTREME = [
    *(0, -1, 1, 2**31, 2**63, -(2**63), 10**30, 10**400, 1e308, -0.0, 1e-320, 0.5),
    *(float("nan"), float("inf"), float("-inf"), True, False, None),
    *("", " ", "nan", "0", "1e400", "\0", "\ud800", "ß", "../x", "/etc/passwd", "a" * 5000),
    *([], {}, [[]], [None], {"": None}, [[[[[]]]]], [0] * 1000),
]
LEAVES = (
    st.sampled_from(EXTREME)
    | st.integers()
    | st.integers(-3, 40)
    | st.floats()
    | st.text(max_size=12)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


def odd_values(seed, n=12):
    """JSON-able values, among them not a number, infinity and lone surrogates."""
    found = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=n,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(VALUES)
    def collect(value):
        found.append(value)

    collect()
    return found
