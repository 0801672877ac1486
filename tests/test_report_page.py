"""The page: what it tells, that it is safe and self-contained, and that everyone can use it."""

import base64
import hashlib
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from patchprobe.report import page

from . import report_material as material
from .report_material import SCRIPT, Document

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "patchprobe/report/templates"


@pytest.fixture
def run(tmp_path):
    return material.run(tmp_path)


@pytest.fixture
def text(run):
    return page.html(**run)


@pytest.fixture
def document(text):
    return Document(text)


def test_summary_counts_verdicts_and_says_what_holds_and_what_does_not(document):
    for words in (
        "1 of 3 that were run hold",
        "1 of 2 that were run and can be trusted agree",
        "Claim 2 (Figure 2b) : Removal helps MAE. (1 of 3 comparisons run)",
        "epoch: last",
        "✓ holds: 1",
        "○ not run: 1",
        "✗ What does not hold (1) Claim 3 (Figure 5) : DINO is the most robust.",
        "! distrusted: 1",
    ):
        assert words in document.text
    assert document.text.index("What holds (1)") < document.text.index("What is undecided (1)")


def test_claims_in_the_summary_lead_to_their_rows(document):
    rows = [x["id"] for x in document.all("tr") if "id" in x]
    assert rows == ["claim-1", "claim-2", "claim-3", "claim-4"]  # claims 2, 3, 4 and 10
    verdicts = [x["data-verdict"] for x in document.all("tr") if "id" in x]
    assert verdicts == ["holds", "does not hold", "not run", "undecided"]
    links = {x["href"] for x in document.all("a")}
    assert {f"#{row}" for row in rows} <= links


def test_links_within_the_page_and_to_files_lead_somewhere(document, run):
    ids = [attributes["id"] for _, attributes, _ in document.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {x["href"] for x in document.all("a")}
    assert {x[1:] for x in links if x.startswith("#")} <= set(ids)
    files = {x for x in links if not x.startswith("#")}
    assert files >= {
        "figures/fig1%20of%20all.png",
        "figures/fig1%20of%20all.pdf",
        "figures/cards/mae.png",
        "tables/tab2.csv",
    }
    for name in files:
        assert (run["page"].parent / name.replace("%20", " ")).is_file()


def test_no_banner_for_a_run_on_real_scenes(document):
    assert "miniature" not in document.text


def test_banner_says_that_numbers_of_the_miniature_world_are_none_of_the_papers(run):
    run["about"]["datasets"][0]["is_miniature"] = True
    run["about"]["backbones"] = [
        material.backbone("mae", "mini MAE", is_miniature=True),
        material.backbone("dino", "noise", random_seed=1),
    ]
    said = Document(page.html(**run)).text
    assert "A miniature world, not the paper's. The verdicts below concern miniature scenes" in said
    assert "None of the numbers is one of the paper's, and none speaks for or against it." in said
    assert "The scenes of cityscapes are generated." in said
    assert "mini MAE are small networks trained on such scenes. noise: random weights." in said
    assert said.index("A miniature world") < said.index("Claims of the paper")


def test_all_text_from_configuration_and_files_is_escaped(run, tmp_path):
    run["about"] = material.about(
        note=SCRIPT,
        protocol=SCRIPT,
        datasets=[{"name": SCRIPT, "is_miniature": True, "bank": SCRIPT, "query": SCRIPT}],
        subsets={key: SCRIPT for key in run["about"]["subsets"]},
        backbones=[
            material.backbone(
                SCRIPT,
                SCRIPT,
                loader=SCRIPT,
                architecture=f'" onload="{SCRIPT}',
                model_args={SCRIPT: SCRIPT},
                is_miniature=True,
            )
        ],
    )
    for name, columns in page.EXPECTED.items():
        rows = [[f'{SCRIPT}" onclick="1'] * len(columns)] * 2
        material.write_csv(run["reproduction"][name], columns, rows)
    table = material.write_csv(run["results"] / "tables/x.csv", [SCRIPT, "b"], [[SCRIPT, SCRIPT]])
    named = material.write_picture(run["results"] / f"figures/{SCRIPT[:8]}.png")
    params = {
        "note": SCRIPT,
        "representations": [["x", "x", 0, f'"><img src=x onerror={SCRIPT}', ""]],
    }
    more = {"number": SCRIPT, "shows": SCRIPT, "of": [SCRIPT], "params": params}
    caption = tmp_path / "caption.rst"
    run["entries"] = [
        material.entry(named, caption, **more),
        material.entry(table, caption, "Tables", **more),
    ]
    run["absent"] = [material.entry("", "", **more)]
    material.write_provenance(
        run["results"] / f"{SCRIPT[:8]}/x/a_provenance.json",
        SCRIPT,
        SCRIPT,
        bank=[[SCRIPT, SCRIPT]],
    )
    document = Document(page.html(**run))
    assert len(document.all("script")) == 1
    assert not [x for _, x, _ in document.elements if any(key.startswith("on") for key in x)]
    assert len(document.all("img")) == 1
    assert document.text.count(SCRIPT) > 50


def test_nothing_is_loaded_from_anywhere(document, text):
    for tag, attributes, _ in document.elements:
        for key in ("src", "srcset", "poster", "data", "background"):
            assert attributes.get(key, "data:").startswith("data:"), (tag, attributes)
    assert [x["href"] for x in document.all("link")] == ["data:,"]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|https?://", text)


def test_only_the_script_of_the_page_may_run(document, text):
    policy = next(x for x in document.all("meta") if "http-equiv" in x)["content"]
    script = text.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_headings_are_in_order_with_one_of_the_first_rank(document):
    ranks = [int(tag[1]) for tag, _, _ in document.elements if re.fullmatch("h[1-6]", tag)]
    assert ranks.count(1) == 1
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))


def test_every_picture_has_words_and_a_size(document):
    alts = [x["alt"] for x in document.all("img")]
    assert alts[0].startswith("Card of MAE")
    assert alts[1] == "Figure 1: k-NN mIoU, of MAE. The caption below describes it."
    assert {(x["width"], x["height"]) for x in document.all("img")} == {("4", "3")}


def test_tables_have_captions_and_scopes_and_scroll_in_a_box_of_their_own(document):
    tables = [around for tag, _, around in document.elements if tag == "table"]
    assert len(tables) == len(document.all("caption")) > 10
    assert all(around[-1] == "div" for around in tables)
    boxes = [x for x in document.all("div") if x.get("class") == "scroll"]
    assert len(boxes) == len(tables)
    assert all(x["tabindex"] == "0" and x["role"] == "region" and x["aria-label"] for x in boxes)
    assert all(x["scope"] in ("col", "row") for x in document.all("th"))


def test_headings_of_columns_are_buttons(document):
    buttons = [around for tag, _, around in document.elements if tag == "button"]
    columns = [x for x in document.all("th") if x["scope"] == "col"]
    assert len(buttons) == len(columns)
    assert all(around[-2:] == ("tr", "th") for around in buttons)
    assert {x["data-first"] for x in columns} == {"ascending", "descending"}


def test_filters_are_hidden_until_the_script_runs(document):
    filters = [x for x in document.all("p") if x.get("class") == "filter"]
    assert len(filters) == 2
    assert all("hidden" in x for x in filters)
    assert [x["data-filter"] for x in document.all("select")] == ["claims", "numbers"]
    assert any(x.get("value") == "does not hold" for x in document.all("option"))


def test_page_has_a_language_a_skip_link_and_landmarks(document):
    assert document.all("html") == [{"lang": "en"}]
    assert document.all("a")[0] == {"class": "skip", "href": "#main"}
    assert [x.get("aria-label") for x in document.all("nav")] == ["On this page"]
    assert document.all("main") == [{"id": "main", "tabindex": "-1"}]


def test_captions_are_filled_in_and_rendered(text):
    assert text.count("<p>Circles are <em>training sets</em> of as_text.\n") == 3
    assert "<strong>A note.</strong>" in text
    assert "<strong>Of cards.</strong>" in text


def test_figures_that_are_left_out_are_named(document):
    assert "Not in this run" in document.text
    assert "Figure 9: people" in document.text


def test_same_inputs_give_the_same_bytes(run):
    page.write(**run)
    first = run["page"].read_bytes()
    page.write(**run)
    assert run["page"].read_bytes() == first


def test_page_of_a_run_that_has_made_nothing(run, tmp_path):
    (tmp_path / "empty").mkdir()
    run |= {"entries": [], "absent": [], "reproduction": {}, "cards": []}
    run |= {"results": tmp_path / "empty", "benchmarks": tmp_path / "none"}
    run["about"] = material.about(datasets=[], backbones=[])
    document = Document(page.html(**run))
    for words in (
        "0 of 0 that were run hold",
        "claims.csv is not there, or lacks columns: claim, shown_in, statement",
        "This run has no figures.",
        "This run has no tables.",
        "No backbone is run on any dataset.",
        "There are no rows to show.",
    ):
        assert words in document.text


def test_columns_that_are_missing_are_named_and_the_rest_is_shown(run):
    material.write_csv(run["reproduction"]["claims"], ["claim", "statement"], [["1", "It holds."]])
    material.write_csv(run["reproduction"]["leaderboard"], ["task", "value"], [["k-NN", ".3"]])
    material.write_csv(run["reproduction"]["protocols"], ["task", "difference"], [["k-NN", ".3"]])
    said = Document(page.html(**run)).text
    assert "claims.csv is not there, or lacks columns: shown_in, compared, evidence" in said
    assert "leaderboard.csv is not there, or lacks columns: dataset, metric, representation" in said
    assert "• no verdict: 1" in said
    assert "It holds." in said


def test_a_backbone_without_picture_record_or_place(run):
    run["about"]["backbones"] = [material.backbone("other", "Other")]
    said = Document(page.html(**run)).text
    assert "There is no picture of this backbone." in said
    assert "Weights no record" in said
    assert "It has no place in the leaderboard." in said


def test_costs_versions_and_hashes(document):
    for words in (
        "1 job took 1:02, one after the other",
        "Only jobs still on record are counted",
        "Commit of patchprobe: abc123 .",
        "f00d",
        "numpy 2.4.6",
        "cityscapes bank two 2",
    ):
        assert words in document.text


def test_parts_of_the_page_are_installed_with_the_package():
    given = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = given["package-data"]["patchprobe.report"]
    installed = {x for pattern in patterns for x in TEMPLATES.parent.glob(pattern)}
    assert set(TEMPLATES.iterdir()) == installed


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    shades = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shades]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast ratio, WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(scheme):
    style = (TEMPLATES / "page.css").read_text()
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", block))
    for behind in ("paper", "raised"):
        for name in ("ink", "faint", "link", "good", "bad", "open", "none"):
            assert contrast(colours[name], colours[behind]) >= 4.5, (name, behind)
    assert contrast(colours["banner-ink"], colours["banner"]) >= 4.5


def test_style_heeds_motion_print_and_both_schemes():
    style = (TEMPLATES / "page.css").read_text()
    for query in ("prefers-reduced-motion: reduce", "media print", "prefers-color-scheme: dark"):
        assert query in style
