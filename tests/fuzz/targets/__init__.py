"""The targets by name: {name: target}."""

from patchprobe.datasets.base import NAMES
from tests.fuzz.targets import (
    checkpoints,
    configuration,
    lists,
    packages,
    parts,
    readers,
    results,
    stores,
)

TARGETS = {
    target.name: target
    for target in (
        *map(readers.Reader, NAMES),
        lists.Lists(),
        configuration.Structure(),
        configuration.Text(),
        stores.Stores(),
        results.Tables(),
        results.Rankings(),
        results.PaperValues(),
        results.Records(),
        parts.Parts(),
        checkpoints.Checkpoints(),
        packages.Archives(),
        packages.Downloads(),
    )
}
