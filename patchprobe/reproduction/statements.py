"""All statements of the paper that are judged."""

from patchprobe.reproduction import (
    claims_association,
    claims_classification,
    claims_features,
    claims_layers,
    claims_retrieval,
)

_MODULES = (
    claims_classification,
    claims_layers,
    claims_retrieval,
    claims_association,
    claims_features,
)
EVERY = [claim for module in _MODULES for claim in module.CLAIMS]
