"""Generate any dataset of the miniature world, as a configuration names its images."""

from importlib import import_module


def generate(dataset, root, used, seed, n=None):
    """Write a dataset in its official layout.

    Parameters
    ----------
    dataset : str
        Name of its reader and of its generator, a module beside this one, e.g. "cityscapes".
    root : path
    used : dict of str to list of str
        Images, tiles or videos of each split that are used.
    seed : int
    n : int, optional
        Frames of a video, images of a land-use class, or further training images of ADE20K;
        default: the generator's own.
    """
    number = {} if n is None else {"n": n}
    import_module(f"{__package__}.{dataset}").write(root, used, seed, **number)
