"""Table 1: how the images were augmented that the five models of the paper were trained on."""


def build(augmentations, representations):
    """The listed facts; nothing is computed.

    Parameters
    ----------
    augmentations : pandas.DataFrame
        One row per model, columns of text.
    representations : list
        Not used.

    Returns
    -------
    pandas.DataFrame
    """
    return augmentations.drop(columns="table")
