"""What the scripts of the check write and print, whatever the names of files."""

import io
import json
import os
import runpy
from types import SimpleNamespace

import pytest

from patchprobe.code_digest import ROOT
from patchprobe.errors import DatasetError
from tests import fakes
from tests.test_fair1m_images import write_image, write_item

OLD = os.fsdecode(b"Stra\xdfe.tif")  # in an encoding of the nineties


def test_names_that_are_no_utf_8_are_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("patchprobe.logs.log_to", lambda path: None)
    write_item(tmp_path / "root/validation", 7)
    write_image(tmp_path / "root/validation/images" / "8.tif")
    (tmp_path / "root/validation/images/8.tif").rename(tmp_path / "root/validation/images" / OLD)
    out, log = tmp_path / "fair1m.json", tmp_path / "check.log"
    params = {"root": tmp_path / "root", "used": {}, "published": [], "is_miniature": True}
    job = fakes.job(out, params, "fair1m")
    runpy.run_path(str(ROOT / "workflow/scripts/check_dataset.py"), {"snakemake": job})
    assert OLD in json.loads(out.read_text(encoding="utf-8"))["layout"][0]
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stderr", stream)
    job = SimpleNamespace(input=[out], log=[log])
    with pytest.raises(DatasetError, match="Problems with FAIR1M"):
        runpy.run_path(str(ROOT / "workflow/scripts/check_data.py"), {"snakemake": job})
    assert r"Stra\udcdfe.tif: expected a name of digits" in log.read_text(encoding="utf-8")
