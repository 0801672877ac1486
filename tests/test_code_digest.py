"""The code digest: which edits change it, and which do not."""

import ast
import re
from pathlib import Path

import pytest

from patchprobe import code_digest as module
from patchprobe.code_digest import code_digest

ROOT = Path(__file__).parent.parent
TREE = {
    "script.py": (
        "from patchprobe import knn\nfrom patchprobe.data.cities import read\n\nread(knn)\n"
    ),
    "other_script.py": "import numpy as np\n\nnp.zeros(3)\n",
    "patchprobe/__init__.py": "",
    "patchprobe/knn.py": (
        "import numpy as np\n\nfrom patchprobe.rows import blocks\n\n\n"
        "def search(bank, k=1):\n    return blocks(bank)[:k]\n"
    ),
    "patchprobe/rows.py": (
        "from patchprobe import knn\n\n\n"
        "def blocks(x):\n    import patchprobe.deep\n\n    return x\n"
    ),
    "patchprobe/deep.py": "DEPTH = 12\n",
    "patchprobe/data/__init__.py": "",
    "patchprobe/data/cities.py": "def read(x):\n    return x\n",
    "patchprobe/unrelated.py": "A = 1\n",
}


@pytest.fixture
def digest(tmp_path, monkeypatch):
    """Digest of a script in a copy of TREE, some files of which are replaced.

    Each copy lies in a folder of its own, as parsed files are cached by path.
    """
    copies = iter(range(100))

    def of(edits=(), *sources):
        folder = tmp_path / str(next(copies))
        write_tree(folder, edits)
        monkeypatch.setattr(module, "ROOT", folder)
        return code_digest(*(sources or ["script.py"]))

    return of


def write_tree(folder, edits=()):
    for name, text in {**TREE, **dict(edits)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def edit(name, old, new):
    assert old in TREE[name]
    return {name: TREE[name].replace(old, new)}


def test_digest_is_short_hexadecimal_and_does_not_depend_on_the_folder(digest):
    assert re.fullmatch("[0-9a-f]{16}", digest())
    assert digest() == digest()


@pytest.mark.parametrize(
    "text",
    [
        TREE["patchprobe/knn.py"] + "\n# a comment\n",
        TREE["patchprobe/knn.py"].replace("k=1", "k = 1").replace("    return", "  return"),
        TREE["patchprobe/knn.py"].replace("bank, k=1", "\n    bank,\n    k=1,\n"),
        TREE["patchprobe/knn.py"].replace("[:k]", "[ : (k) ]  # ein Übungsstück"),
        '"""What it does."""\n' + TREE["patchprobe/knn.py"],
        TREE["patchprobe/knn.py"].replace(
            "    return", '    """Find rows.\n\n    k : int\n    """\n    return'
        ),
        TREE["patchprobe/knn.py"].replace("\n", "\r\n"),
    ],
    ids=["comment", "spaces", "lines", "brackets", "module docstring", "docstring", "CRLF"],
)
def test_looks_do_not_count(digest, text):
    assert text != TREE["patchprobe/knn.py"]
    assert digest({"patchprobe/knn.py": text}) == digest()


def test_docstrings_of_classes_and_methods_do_not_count(digest):
    code = (
        "class A:\n    {}\n    x = 1\n\n    async def f(self):\n        {}\n        return 'text'\n"
    )
    bare = code.format("pass", "pass")
    texts = [code.format(f'"""{a}"""', f'"""{b}"""') for a, b in (("One.", "Two."), ("1", "2"))]
    first, second = (digest({"patchprobe/deep.py": text}) for text in texts)
    assert first == second
    assert first != digest({"patchprobe/deep.py": bare})
    assert first != digest({"patchprobe/deep.py": texts[0].replace("'text'", "'other'")})


@pytest.mark.parametrize(("old", "new", "counts"), [
    ("raise ValueError('found 1')", "raise ValueError(f'there is {x}')", False),
    ("raise ValueError('found 1')", "raise TypeError('found 1')", True),
    ("raise ValueError('found 1')", "x = ValueError('found 1')", True),
    ("raise error from cause", "raise error from None", True),
])  # fmt: skip
def test_the_message_of_an_error_does_not_count(digest, old, new, counts):
    before, after = ({"script.py": f"def f(x, error, cause):\n    {line}\n"} for line in (old, new))
    assert (digest(before) != digest(after)) == counts


def test_a_string_that_is_no_docstring_counts(digest):
    texts = [f"def f():\n    x = '{word}'\n    return x\n" for word in ("one", "two")]
    assert digest({"patchprobe/deep.py": texts[0]}) != digest({"patchprobe/deep.py": texts[1]})


@pytest.mark.parametrize(
    "edits",
    [
        edit("script.py", "read(knn)", "read(knn.search)"),
        edit("patchprobe/knn.py", "k=1", "k=2"),
        edit("patchprobe/rows.py", "return x", "return x[:1]"),
        edit("patchprobe/deep.py", "12", "24"),
        edit("patchprobe/data/cities.py", "return x", "return x + 1"),
        {"patchprobe/__init__.py": "X = 1\n"},
        {"patchprobe/data/__init__.py": "X = 1\n"},
    ],
    ids=[
        "the script",
        "from patchprobe import module",
        "module of a module",
        "import within a function",
        "from patchprobe.package.module import function",
        "the package",
        "a package above a module",
    ],
)
def test_an_edit_of_what_the_script_uses_counts(digest, edits):
    assert digest(edits) != digest()


@pytest.mark.parametrize(
    "edits",
    [
        edit("patchprobe/unrelated.py", "1", "2"),
        edit("other_script.py", "3", "4"),
        {"patchprobe/new.py": "B = 2\n"},
    ],
    ids=["a module", "a script", "a new module"],
)
def test_an_edit_of_anything_else_does_not_count(digest, edits):
    assert digest(edits) == digest()


def test_packages_of_others_do_not_count(digest):
    before = {"script.py": "import patchprobes.knn\nimport numpy\n", "numpy.py": "A = 1\n"}
    before["patchprobes/knn.py"] = "A = 1\n"
    after = {**before, "numpy.py": "A = 2\n", "patchprobes/knn.py": "A = 2\n"}
    assert digest(before) == digest(after)


@pytest.mark.parametrize(
    "statement",
    [
        "from patchprobe import deep",
        "from patchprobe import unrelated as u, deep as d",
        "import patchprobe.deep",
        "import os, patchprobe.deep as d",
        "from patchprobe.deep import DEPTH",
        "from patchprobe.deep import *",
        "def f():\n    from patchprobe import deep",
        "try:\n    import patchprobe.deep\nexcept ImportError:\n    pass",
    ],
)
def test_every_way_to_import_a_module_is_seen(digest, statement):
    before = {"script.py": statement + "\n"}
    after = {**before, **edit("patchprobe/deep.py", "12", "24")}
    assert digest(before) != digest(after)


@pytest.mark.parametrize(
    "statement",
    [
        "from patchprobe.data import load",  # a name that the package defines
        "from patchprobe import data",
        "import patchprobe.data",
        "from patchprobe.data.cities import read",
        "import patchprobe.data.cities",
    ],
)
def test_importing_from_a_package_counts_its_init_and_what_that_imports(digest, statement):
    init = "from patchprobe.deep import DEPTH\n\n\ndef load():\n    return DEPTH\n"
    before = {"script.py": statement + "\n", "patchprobe/data/__init__.py": init}
    assert digest(before) != digest({**before, **edit("patchprobe/deep.py", "12", "24")})
    changed = {"patchprobe/data/__init__.py": init.replace("DEPTH\n\n\n", "DEPTH as D\n\n\n")}
    assert digest(before) != digest({**before, **changed})


@pytest.mark.parametrize(
    "edits",
    [
        {"miniature/world/generate.py": "from miniature.world import paint\n\nX = 2\n"},
        {"miniature/world/paint.py": "X = 2\n"},
        edit("patchprobe/deep.py", "12", "24"),
    ],
    ids=["generator", "painter", "library"],
)
def test_the_miniature_world_counts_like_the_library(digest, edits):
    before = {
        "script.py": "from miniature.world.generate import X\n",
        "miniature/world/generate.py": "from miniature.world import paint\n\nX = 1\n",
        "miniature/world/paint.py": "import patchprobe.deep\n\nX = 1\n",
    }
    assert digest(before) != digest({**before, **edits})


def test_a_function_of_the_name_of_another_module_is_not_that_module(digest):
    before = {
        "script.py": "from patchprobe.deep import unrelated\n",
        "patchprobe/deep.py": "def unrelated():\n    return 1\n",
    }
    assert digest(before) == digest({**before, **edit("patchprobe/unrelated.py", "1", "2")})


def test_import_cycles_end(digest):
    cycle = {
        "script.py": "import patchprobe.a\n",
        "patchprobe/a.py": "from patchprobe import a, b\n",
        "patchprobe/b.py": "from patchprobe.a import b\n\nX = 1\n",
    }
    changed = {**cycle, "patchprobe/b.py": "from patchprobe.a import b\n\nX = 2\n"}
    assert digest(cycle) != digest(changed)


def test_several_sources_count_together(digest):
    sources = ["script.py", "other_script.py"]
    both = digest({}, *sources)
    assert both == digest({}, *sources[::-1])
    assert both not in (digest({}, sources[0]), digest({}, sources[1]))
    for name, old, new in (("script.py", "read(knn)", "read(1)"), ("other_script.py", "3", "4")):
        assert digest(edit(name, old, new), *sources) != both


def test_moving_code_to_another_file_counts(digest):
    moved = edit("script.py", "patchprobe.data.cities", "patchprobe.data.towns")
    moved["patchprobe/data/towns.py"] = TREE["patchprobe/data/cities.py"]
    assert digest(moved) != digest()


def test_missing_source_is_an_error(digest):
    with pytest.raises(FileNotFoundError, match="none.py"):
        digest({}, "none.py")


# ------------------------------------------------------------------------------ this repository


def test_scripts_of_the_workflow_have_digests_of_their_own():
    scripts = sorted(path.relative_to(ROOT) for path in ROOT.glob("workflow/scripts/*.py"))
    assert len(scripts) > 5
    assert len({code_digest(str(script)) for script in scripts}) == len(scripts)


def test_the_precision_of_products_counts_and_which_gpu_computes_does_not():
    assert all((ROOT / path).is_file() for path in module.CANNOT_CHANGE_RESULTS)
    counted = module.files_of("workflow/scripts/knn.py") - {
        ROOT / path for path in module.CANNOT_CHANGE_RESULTS
    }
    assert ROOT / "patchprobe/devices.py" in counted
    assert ROOT / "patchprobe/gpu_locks.py" not in counted
    assert ROOT / "patchprobe/visible_gpus.py" not in counted


def test_the_digest_of_a_generator_follows_its_painters():
    painters = {
        "cityscapes": "streets/street.py",
        "bdd100k": "drives/world.py",
        "fair1m": "aerial/scenes.py",
        "ade20k": "scenes/scene.py",
    }
    for dataset, painter in painters.items():
        followed = module.files_of(f"miniature/world/{dataset}.py")
        assert ROOT / "miniature/world" / painter in followed
        assert ROOT / "miniature/world/paint/textures.py" in followed


def test_the_library_does_not_import_the_miniature():
    followed = module.files_of(*(str(p.relative_to(ROOT)) for p in ROOT.glob("patchprobe/**/*.py")))
    assert [path for path in followed if path.is_relative_to(ROOT / "miniature")] == []


def test_no_module_imports_relatively():
    # the digest follows absolute imports only
    folders = ("patchprobe", "miniature/world", "workflow/scripts")
    files = [file for folder in folders for file in ROOT.glob(f"{folder}/**/*.py")]
    assert len(files) > 20
    relative = [
        file.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]
    assert relative == []
