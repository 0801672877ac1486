"""Damaged inputs for readers, configuration and stores: `make fuzz`, no part of `make test`.

Every target makes a valid world once. An input is a copy of it with one to three changes, drawn
from the seed, the name of the target and the number of the input, so that each can be made again.
Whatever is refused must be refused by a `PatchprobeError`; see `worker.py` for what else is found.
"""
