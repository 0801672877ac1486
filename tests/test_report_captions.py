"""Captions, pictures and headings of figures and tables."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from patchprobe.report import captions, exhibits, pictures

from . import report_material as material
from .configs import configured

CAPTIONS = sorted(Path(__file__).parents[1].glob("workflow/report/*.rst"))
CONFIG = configured({"note": "Tëst"})
PARAMS = {
    "note": "Not the paper's numbers",
    "representations": [["mae", "mae", 0, "MAE", ""]],
    "arguments": {"banks": {"cityscapes": "train_72"}},
}


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_every_caption_of_the_workflow_is_rendered(path):
    html = captions.html(path.read_text(encoding="utf-8"), CONFIG, PARAMS, path.stem)
    assert html.startswith("<p>")
    assert "{{" not in html
    assert "system-message" not in html
    material.Document(html)


def test_expressions_and_markup():
    text = '{{ snakemake.params.arguments["banks"].values() | join }} *and* ``_low``'
    html = captions.html(text, CONFIG, PARAMS, "x")
    assert html == '<p>train_72 <em>and</em> <span class="docutils literal">_low</span></p>'


@pytest.mark.parametrize(
    "note",
    [
        "<script>alert(1)</script>",
        "\n\n.. raw:: html\n\n   <script>alert(1)</script>",
        "\n\n.. include:: /etc/hostname",
        "\n\n.. csv-table::\n   :file: /etc/passwd",
        "\n\n.. image:: https://example.org/x.png",
        "\n\n.. figure:: https://example.org/x.png",
        "|x|\n\n.. |x| image:: https://example.org/x.png",
        "`words <javascript:alert(1)>`_",
        "`words <  JaVaScRiPt:alert(1)>`_",
        "`words <data:text/html,x>`_",
        "\n\n.. role:: r(raw)\n   :format: html\n\n:r:`<script>alert(1)</script>`",
    ],
)
def test_a_note_can_neither_write_html_nor_read_files_nor_fetch(note):
    document = material.Document(
        captions.html("{{ snakemake.config.note }}", {"note": note}, {}, "x")
    )
    names = {tag for tag, _, _ in document.elements}
    assert not names & {"script", "img", "object", "iframe", "table"}
    assert not document.all("a")
    assert "root:" not in document.text


def test_links_to_pages_stay():
    html = captions.html("`page <https://example.org>`__", {}, {}, "x")
    assert material.Document(html).all("a")[0]["href"] == "https://example.org"


def test_headings_in_a_caption_are_below_those_of_the_page_and_ids_are_its_own():
    html = captions.html("Words\n=====\n\nText.\n\nMore\n----\n\nText.", {}, {}, "figure-1")
    document = material.Document(html)
    assert [tag for tag, _, _ in document.elements if tag[0] == "h"] == ["h4", "h5"]
    assert all(x["id"].startswith("figure-1-") for x in document.all("section"))


@pytest.mark.parametrize(
    "text", ["{{ snakemake.config['absent']['x'] }}", "{{ snakemake.absent.x }}", "{% if %}"]
)
def test_a_caption_that_names_what_is_not_there_is_quoted(text):
    with pytest.raises(captions.CaptionError, match="cannot be filled in"):
        captions.html(text, {}, {}, "x")


def decoded(picture):
    kind, _, content = picture.uri.partition(";base64,")
    return kind, Image.open(io.BytesIO(base64.b64decode(content)))


def test_a_small_picture_stays_as_it_is(tmp_path):
    path = material.write_picture(tmp_path / "x.png", (60, 40))
    picture = pictures.picture(path)
    assert picture.uri == f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
    assert (picture.width, picture.height, picture.shown) == (60, 40, (40, 27))


def test_a_large_picture_is_made_narrower_on_white(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (50, 100, 4), np.uint8)
    noise[:25, :, 3] = 0  # transparent
    Image.fromarray(noise).save(tmp_path / "x.png")
    picture = pictures.picture(tmp_path / "x.png", max_bytes=1000, max_px=40)
    kind, image = decoded(picture)
    assert kind == "data:image/webp"
    assert image.size == (picture.width, picture.height) == (40, 20)
    assert np.asarray(image.convert("RGB"))[:8].min() > 240


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_large_picture_of_any_kind_is_read(tmp_path, mode):
    Image.new(mode, (100, 50)).save(tmp_path / "x.png")
    assert pictures.picture(tmp_path / "x.png", max_bytes=1).width == 100


@pytest.mark.parametrize(
    ("number", "category", "place"),
    [
        ("2b", "Figures", "Figure 2b"),
        ("3", "Tables", "Table 3"),
        ("beside Figure 5", "Tables", "Beside Figure 5"),
        ("beyond the paper", "Figures", "Beyond the paper"),
    ],
)
def test_headings(number, category, place):
    entry = material.entry("x.png", "", category, number, of=["mini MAE", "frame gap 3"])
    assert exhibits.heading(entry) == f"{place}: k-NN mIoU, mini MAE, frame gap 3"


def test_figures_are_in_the_order_of_their_numbers(tmp_path):
    caption = tmp_path / "x.rst"
    caption.write_text("Words.")
    numbers = ["beside Figure 2b", "10", "2b", "1"]
    paths = [material.write_picture(tmp_path / f"figures/{i}.png") for i in range(len(numbers))]
    entries = [material.entry(p, caption, number=n) for p, n in zip(paths, numbers, strict=True)]
    found = exhibits.figures(entries, {}, tmp_path / "report.html")
    assert [x.title.partition(":")[0] for x in found] == [
        *("Figure 1", "Figure 2b", "Figure 10", "Beside Figure 2b"),
    ]
    assert [x.id for x in found] == ["figures-3", "figures-2", "figures-1", "figures-0"]
    assert exhibits.tables(entries, {}, tmp_path / "report.html") == []
