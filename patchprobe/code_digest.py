"""A digest of the code that a rule runs, so that an edit re-runs exactly what uses it.

Snakemake does not see changes in modules that a script imports, and judges the script itself by
its time stamp. Rules therefore carry this digest as a parameter: it changes with the syntax trees
of the script and of every module of this repository that it imports, directly or not (but for
those that cannot change a result), and with nothing else (comments, formatting, docstrings,
messages of errors and time stamps do not count). The unit is the module: an edit of one function
counts for all that import its module.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

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
    digest = hashlib.sha256()
    for file in sorted(files_of(*sources) - {root / path for path in CANNOT_CHANGE_RESULTS}):
        digest.update(f"{file.relative_to(root)} {_parse(file)[0]}\n".encode())
    return digest.hexdigest()[:16]


def files_of(*sources):
    """Paths of the Python files `sources` and of all modules of this repository they import."""
    files, queue = set(), [ROOT / source for source in sources]
    while queue:
        file = queue.pop()
        if file not in files:
            files.add(file)
            queue.extend(_parse(file)[1])
    return files


@cache
def _parse(file):
    """Digest of one file's syntax tree, and the files of this repository that it imports."""
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    nodes = list(ast.walk(tree))
    imports = tuple(sorted({path for node in nodes for path in _imported_files(node)}))
    for node in nodes:
        _drop_docstring(node)
        _empty_message(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imports


def _imported_files(node):
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        return
    for name in names:
        parts = name.split(".")
        if parts[0] in FOLLOWED:
            # importing a module runs the __init__ of every package above it
            packages = (ROOT.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1))
            module = ROOT.joinpath(*parts).with_suffix(".py")
            yield from (path for path in (module, *packages) if path.is_file())


def _drop_docstring(node):
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, holders) and ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:]


def _empty_message(node):
    """Drop what an error says: a reworded message changes no result."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        node.exc.args, node.exc.keywords = [], []
