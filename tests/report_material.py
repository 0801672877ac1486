"""A small finished run for tests of the report: files in a folder, and what the page is given."""

import csv
import json
from html.parser import HTMLParser

from PIL import Image

from patchprobe.provenance import list_digest
from patchprobe.report import page

SCRIPT = '<script>alert("x")</script>'
VOID = {"meta", "link", "img", "br", "input", "hr"}
BANK = [["train", "a"], ["train", "b"]]
CLAIMS = [
    [
        "10",
        "Table 2",
        "The order is the same on ADE20K.",
        "orders",
        "tau .9",
        "1",
        "1",
        "undecided",
    ],
    ["2", "Figure 2b", "Removal helps MAE.", "m = 8", "+.02 [.01, .03]", "1", "3", "holds"],
    [
        "3",
        "Figure 5",
        f"DINO is the most robust. {SCRIPT}",
        "shares",
        ".4 [.3, .5]",
        *("2", "2"),
        "does not hold",
    ],
    ["4", "Figure 7", "DINO finds people.", "accuracies", "", "0", "2", "not run"],
]
BOARD = [
    ["k-NN mIoU", "cityscapes", "mIoU", "mini MAE", "mae", "0", ".3", ".2", ".4", "2", "True"],
    ["k-NN mIoU", "cityscapes", "mIoU", "mini DINO", "dino", "0", ".35", ".3", ".4", "1", "True"],
    ["k-NN mIoU", "cityscapes", "mIoU", "mini MAE-8", "mae", "8", ".1", "", "", "3", "False"],
    ["error", "cityscapes", "mse", "mini MAE", "mae", "0", ".5", "", "", "2", "False"],
    ["error", "cityscapes", "mse", "mini DINO", "dino", "0", ".2", "", "", "1", "True"],
]


def value(**given):
    """A row of published and obtained numbers."""
    blank = dict.fromkeys(page.EXPECTED["values"], "")
    return {**blank, "shown_in": "Table 2", "metric": "mIoU", "verdict": "agrees", **given}


VALUES = [
    value(representation="MAE", published=".058", obtained="0.06", difference="0.002"),
    value(representation="DINO", published=".345", verdict="not run", note="no such subset"),
    value(shown_in="Figure 10", published=".1", obtained=".5", verdict="differs"),
    value(shown_in="Figure 2b", published=".2", obtained=".2", verdict="distrusted", note="copied"),
]
PROTOCOLS = [
    ["cityscapes", "k-NN mIoU", "mini MAE", ".1", "", "", ".2", "", "", ".1", ".05", ".15"],
    ["cityscapes", "k-NN mIoU", "mini DINO", ".1", "", "", ".2", "", "", ".1", "-.05", ".25"],
]
CHOICE = ("similarity", "dot", "l2", "cityscapes", "k-NN mIoU")
CHOICES = [
    [*CHOICE, "mini MAE", ".1", ".2", "0.1", "0.05", "0.15"],
    [*CHOICE, "mini DINO", ".3", ".28", "-0.02", "-0.05", "0.01"],
]
NOISE = [
    ["cityscapes", "knn", "MAE", "-.003", "", "", ""],
    ["cityscapes", "knn", "DINO", ".017", "", "", ""],
    ["cityscapes", "linear", "DINO", "-.03", ".01", "-.02", ".04"],
]


def write_csv(path, columns, rows):
    """A CSV file of rows, each a list or a dict."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(row.values() if isinstance(row, dict) else row for row in rows)
    return path


def write_picture(path, size=(6, 4)):
    """A small picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "white").save(path)
    return path


def write_provenance(path, backbone="mae", weights="f00d", **more):
    """What made an evaluation."""
    software = {"software": {"python": "3.11.7", "numpy": "2.4.6"}, "git_commit": "abc123"}
    about = {"backbone": backbone, "loader": "mae", "architecture": "vit", "precision": "float16"}
    content = {"embeddings": {**about, "weights_sha256": weights, **software}, **more, **software}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def backbone(name, label, **more):
    """What a summary tells of a backbone."""
    return {
        "name": name,
        "label": label,
        "loader": "mae",
        "architecture": "vit_base_patch16_224",
        "patch_px": 16,
        "depth": 12,
        "model_args": {},
        "remove": [],
        "random_seed": None,
        "is_miniature": False,
        **more,
    }


def about(**more):
    """What a summary tells of a run."""
    return {
        "note": "",
        "protocol": "as_text",
        "selection": "last",
        "datasets": [
            {"name": "cityscapes", "is_miniature": False, "bank": "two", "query": "val"},
        ],
        "subsets": {list_digest(BANK): "two"},
        "backbones": [backbone("mae", "MAE"), backbone("dino", "DINO")],
        **more,
    }


def entry(path, caption, category="Figures", number="1", **more):
    """What a rule tells of a figure or table."""
    return {
        "path": str(path),
        "category": category,
        "number": number,
        "shows": "k-NN mIoU",
        "of": [],
        "caption": str(caption),
        "params": {"note": "A note", "representations": [["mae", "mae", 0, "MAE", ""]]},
        **more,
    }


def run(folder):
    """A finished run in a folder; the arguments of `patchprobe.report.page.html`."""
    results = folder / "results"
    rows = [CLAIMS, VALUES, PROTOCOLS, CHOICES, NOISE, BOARD]
    reproduction = {
        name: write_csv(results / f"reproduction/{name}.csv", columns, of_name)
        for (name, columns), of_name in zip(page.EXPECTED.items(), rows, strict=True)
    }
    caption = folder / "caption.rst"
    caption.write_text(
        'Circles are *training sets* of {{ snakemake.config["protocol"] }}.\n'
        "{% if snakemake.params.note %}\n**{{ snakemake.params.note }}.**\n{% endif %}\n"
    )
    figure = write_picture(results / "figures/fig1 of all.png")
    figure.with_suffix(".pdf").touch()
    table = write_csv(
        results / "tables/tab2.csv", ["name", "mIoU"], [["MAE", ".1"], ["DINO", ".2"]]
    )
    write_provenance(results / "knn/cityscapes/mae/subsets_provenance.json", bank=BANK)
    benchmark = folder / "benchmarks/knn/cityscapes-mae.tsv"
    benchmark.parent.mkdir(parents=True)
    benchmark.write_text("s\th:m:s\tmax_rss\n61.5\t0:01:01\t100\n")
    return {
        "page": results / "report.html",
        "about": about(),
        "config": {"protocol": "as_text"},
        "entries": [entry(figure, caption), entry(table, caption, "Tables", "2")],
        "absent": [entry("", "", number="9", shows="people")],
        "reproduction": reproduction,
        "cards_caption": (caption, {"note": "Of cards"}),
        "cards": [write_picture(results / "figures/cards/mae.png")],
        "results": results,
        "benchmarks": folder / "benchmarks",
    }


class Document(HTMLParser):
    """Elements of a page, in order: (tag, attributes, tags around it); and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts = [], [], []
        self.feed(text)
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not {"svg", "math"} & set(self.open):
            assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.texts.append(data)

    @property
    def text(self):
        """All that is read, with single spaces."""
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        """Attributes of all elements of a tag."""
        return [attributes for name, attributes, _ in self.elements if name == tag]
