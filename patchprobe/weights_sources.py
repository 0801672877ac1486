"""What to tell a user whose weights are missing (imports nothing heavy: asked before every run)."""

from pathlib import Path


def how_to_get(name, weights=None, url=None, hub=False, random_seed=None, source=None):
    """What to tell the user about a backbone whose weights are not there; None if they can be had.

    Parameters
    ----------
    name : str
    weights, url, hub, random_seed, source
        From the backbone's entry: a local file, an address to fetch, whether timm's hub has it,
        random weights, words for the user.
    """
    if weights is not None:
        if Path(weights).is_file():
            return None
        return f"Weights of {name} not found: expected {weights}. {source or ''}".strip()
    if url is not None or hub or random_seed is not None:
        return None
    return (
        f"Weights of {name} cannot be fetched: {source or 'its entry names no source'}. Get the "
        "file and set `weights: <path>` in its entry."
    )
