"""A digest of the code that a rule runs, so that an edit re-runs exactly what uses it.

Snakemake does not see changes in modules that a script imports, and judges the script itself by
its time stamp. Rules therefore carry this digest as a parameter: it changes with the syntax trees
of the script and of every module of this repository that it imports, directly or not (but for
those that cannot change a result), and with nothing else (comments, formatting, docstrings,
messages of errors and time stamps do not count). The unit is the module: an edit of one function
counts for all that import its module.

Parsing all modules takes seconds at every start of Snakemake. What was found in a file is therefore
kept beside Python's compiled files, and used again while the content of the file is the same.
"""

import ast
import hashlib
import json
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from patchprobe.errors import DiskError
from patchprobe.files import write_text

# `devices` is none of these, as it sets the precision of products
CANNOT_CHANGE_RESULTS = (
    "patchprobe/backbones/describe_checkpoint.py",
    "patchprobe/backbones/untrusted.py",
    "patchprobe/datasets/reports.py",
    "patchprobe/disk_space.py",
    "patchprobe/download.py",
    "patchprobe/errors.py",
    "patchprobe/files.py",
    "patchprobe/gpu_locks.py",
    "patchprobe/logs.py",
    "patchprobe/neighbours/check.py",
    "patchprobe/partial_download.py",
    "patchprobe/provenance.py",
    "patchprobe/records.py",
    "patchprobe/seals.py",
    "patchprobe/visible_gpus.py",
)
FOLLOWED = ("patchprobe", "miniature")  # packages of this repository that rules run code of
ROOT = Path(__file__).resolve().parent.parent


def code_digest(*sources):
    """Hexadecimal digest of the Python files `sources` and of all that `files_of` finds.

    Parameters
    ----------
    *sources : str
        Paths of Python files, relative to the folder of the Snakefile.
    """
    return _digest(ROOT, sources)


@cache
def _digest(root, sources):
    digest, parsed = hashlib.sha256(), _parsed(root)
    for file in sorted(files_of(*sources) - {root / path for path in CANNOT_CHANGE_RESULTS}):
        digest.update(f"{file.relative_to(root)} {parsed.of(file)[0]}\n".encode())
    parsed.keep()
    return digest.hexdigest()[:16]


def files_of(*sources):
    """Paths of the Python files `sources` and of all modules of this repository they import."""
    files, queue, parsed = set(), [ROOT / source for source in sources], _parsed(ROOT)
    while queue:
        file = queue.pop()
        if file not in files:
            files.add(file)
            queue += [path for name in parsed.of(file)[1] for path in _files_named(ROOT, name)]
    return files


@cache
def _files_named(root, name):
    """Files of a module that is imported, and of the packages above it, which run as well."""
    parts = name.split(".")
    packages = (root.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1))
    module = root.joinpath(*parts).with_suffix(".py")
    return [path for path in (module, *packages) if path.is_file()]


class _ParsedFiles:
    """Digests of the syntax trees of files below `root`, and the names of what they import."""

    def __init__(self, root):
        self.root = root
        self.path = (
            root / f"patchprobe/__pycache__/code_digests.{sys.implementation.cache_tag}.json"
        )
        self.by = hashlib.sha256(Path(__file__).read_bytes() + sys.version.encode()).hexdigest()
        self.files, self.is_kept = self._kept(), True
        self.of = cache(self._of)

    def _of(self, file):
        source, path = file.read_bytes(), str(file.relative_to(self.root))
        content = hashlib.sha256(source).hexdigest()
        if path not in self.files or self.files[path][0] != content:
            self.files[path] = (content, *_parse(source, file))
            self.is_kept = False
        return self.files[path][1:]

    def _kept(self):
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["by"] == self.by:
                return {
                    path: (str(content), str(digest), [str(name) for name in names])
                    for path, (content, digest, names) in kept["files"].items()
                }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass  # not there yet, or damaged
        return {}

    def keep(self):
        """Write what is not kept yet, where Python may keep compiled files."""
        if self.is_kept or sys.dont_write_bytecode:
            return
        with suppress(OSError, DiskError):  # a folder that cannot be written, a full disk
            self.path.parent.mkdir(exist_ok=True)
            write_text(self.path, json.dumps({"by": self.by, "files": self.files}, indent=0))
        self.is_kept = True


_parsed = cache(_ParsedFiles)


def _parse(source, file):
    """Digest of a syntax tree, and the names that it imports from this repository."""
    tree = ast.parse(source, filename=str(file))
    nodes = list(ast.walk(tree))
    names = sorted({name for node in nodes for name in _imported_names(node)})
    for node in nodes:
        _drop_docstring(node)
        _empty_message(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), names


def _imported_names(node):
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        return []
    return [name for name in names if name.split(".")[0] in FOLLOWED]


def _drop_docstring(node):
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, holders) and ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:]


def _empty_message(node):
    """Drop what an error says: a reworded message changes no result."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        node.exc.args, node.exc.keywords = [], []
