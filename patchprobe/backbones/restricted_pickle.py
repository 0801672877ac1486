"""A pickle module for `torch.load` that makes tensors and plain data, and runs no code.

For checkpoints that `weights_only` cannot take although they are harmless: SimMIM's hold their
configuration as a `yacs.config.CfgNode`. Classes of configurations become inert dictionaries here
(yacs need not be installed); a request for anything else stops the reading, unexecuted.
"""

import pickle
from collections import OrderedDict

from torch._utils import _rebuild_tensor_v2


class Inert(dict):
    """Stands for an object of a configuration: takes any state, does nothing with it."""

    def __init__(self, *_):
        super().__init__()

    def __setstate__(self, state):
        pass


class _RebuildTensor:
    """Makes a tensor from its storage; without attributes that a pickle could change."""

    __slots__ = ()

    def __call__(self, storage, offset, size, stride, *_):
        return _rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict())


_KNOWN = {
    ("torch._utils", "_rebuild_tensor_v2"): _RebuildTensor(),
    ("collections", "OrderedDict"): OrderedDict,
    ("yacs.config", "CfgNode"): Inert,
    ("__builtin__", "set"): set,
    ("builtins", "set"): set,
}


class Unpickler(pickle.Unpickler):
    """Refuses every name but those of tensors, plain data and known configurations."""

    def find_class(self, module, name):
        """The stand-in of a name (torch looks up its storages before it comes here)."""
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return _KNOWN[module, name]


def load(file, **arguments):
    """As `pickle.load`."""
    return Unpickler(file, **arguments).load()
