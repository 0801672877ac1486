"""What is wrong with a configuration file itself, before what it says is looked at.

YAML takes the last of two equal keys in silence, and aliases can make a short file huge.

    python -m patchprobe.study.config_files mine.yaml ...

tells the same before Snakemake reads a file of somebody else: what `--configfile` names is read by
Snakemake before any line of ours, which runs code in a file that says `__use_yte__`.
"""

import json
import sys
from pathlib import Path

import yaml

DEEPEST = 32  # levels of brackets and indentation; ours has seven
LONGEST = 1000  # digits of a number; Python reads 4,300 at most
MOST_VALUES = 100_000  # with all aliases followed; the paper's has a few hundred
_MERGE = "tag:yaml.org,2002:merge"  # of <<, which takes over the keys of another mapping


def mistakes(paths):
    """Lines about configuration files that cannot be read, or that say a thing twice."""
    return [line for path in paths for line in _of_file(path)]


def _of_file(path):
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        return [f"{path} cannot be read: {error.strerror}"]
    except UnicodeDecodeError as error:
        return [f"{path} is not UTF-8 text: {_encoding(error)}; save it as UTF-8"]
    try:
        root = yaml.compose(_with_spaces(text), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark or error.context_mark).line + 1
        return [f"{path}, line {line}: not YAML: {error.problem}"]
    except yaml.YAMLError as error:
        return [f"{path} is not YAML: {' '.join(str(error).split())}"]
    if root is None:
        return [f"{path} is empty: expected `datasets` and `backbones`"]
    if not isinstance(root, yaml.MappingNode):
        return [f"{path}: expected keys, such as `datasets:`, at its left margin"]
    if any(key.value == "__use_yte__" for key, _ in root.value):
        return [f"{path}: with __use_yte__ code in the file is run; write plain values"]
    n_values, n_levels = _extent(root, {})
    if n_values > MOST_VALUES or n_levels > DEEPEST:
        return [
            f"{path}: with its aliases (*name) it has more than {MOST_VALUES:,} values, or more "
            f"than {DEEPEST} levels"
        ]
    if line := _line_of_too_long_a_number(root, set()):
        return [f"{path}, line {line}: a number of more than {LONGEST} digits"]
    return [f"{path}, {line}" for line in _repeated(root, "", set())]


class _Loader(yaml.FullLoader):
    """Snakemake's, which stops at nesting that would overflow what reads it."""

    depth = 0

    def compose_node(self, parent, index):
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.composer.ComposerError(
                None, None, f"nested deeper than {DEEPEST} levels", self.peek_event().start_mark
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _with_spaces(text):
    """JSON without the tabs between its values, which YAML takes exception to."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text.replace("\t", " ")  # within its texts no tab may be


def _encoding(error):
    """What the bytes are, as far as one can tell."""
    if error.object[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "it is UTF-16"
    line = error.object.count(b"\n", 0, error.start) + 1
    return f"byte 0x{error.object[error.start]:02x} on line {line}"


def _children(node):
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _extent(node, known):
    """Values and levels under a node, aliases followed; infinite if it holds itself."""
    if id(node) not in known:
        known[id(node)] = (float("inf"), 0)  # until it is known: met again, it holds itself
        inside = [_extent(child, known) for child in _children(node)]
        levels = [n_levels for _, n_levels in inside]
        known[id(node)] = (1 + sum(n for n, _ in inside), 1 + max(levels, default=0))
    return known[id(node)]


def _line_of_too_long_a_number(node, seen):
    """Line of a number that Python does not read, or None."""
    if id(node) in seen:
        return None
    seen.add(id(node))
    is_number = isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:int"
    if is_number and len(node.value) > LONGEST:
        return node.start_mark.line + 1
    lines = (_line_of_too_long_a_number(child, seen) for child in _children(node))
    return next((line for line in lines if line), None)


def _repeated(node, where, seen):
    """Lines about keys that stand twice in one mapping, each mapping looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _repeated(child, f"{where}{index}: ", seen)
    elif isinstance(node, yaml.MappingNode):
        lines = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                line = key.start_mark.line + 1
                if (key.tag, key.value) in lines:
                    yield (
                        f"lines {lines[key.tag, key.value]} and {line}: {where}{key.value} stands "
                        "twice, and only the last would count; remove or rename one"
                    )
                lines.setdefault((key.tag, key.value), line)
                yield from _repeated(value, f"{where}{key.value}: ", seen)


if __name__ == "__main__":
    sys.exit("\n".join(mistakes(sys.argv[1:])) or None)
