"""Names of the variants of a dataset's images that are cut and embedded.

Apart from what cuts them: rules name variants, and need no reader of stores for that.
"""

CLEAN, CHANGED, WHOLE = "clean", "changed", "whole"
