"""Blocks keep their order, few are in flight, errors come out, writers wait for copies."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from patchprobe import store
from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import build
from patchprobe.embeddings import extraction, transfers
from patchprobe.errors import StoreError

N_CROPS, PX = 250, 32  # eight chunks, the last of 26 crops
CPU, GPU = torch.device("cpu"), torch.device("cuda")


class Crops:
    """Made-up crops of one pixel, each with its number; the first block takes longest to read."""

    def __init__(self, n, broken=None):
        self.shape, self.broken = (n, 1, 1, 3), broken
        self.started, self._lock = 0, threading.Lock()

    def __getitem__(self, rows):
        with self._lock:
            self.started += 1
        if rows.start == self.broken:
            raise StoreError(f"crops from {rows.start} on are damaged")
        time.sleep(0.2 if rows.start == 0 else 0)
        numbers = np.arange(rows.start, rows.stop, dtype=np.uint8)
        return np.broadcast_to(numbers[:, None, None, None], (len(numbers), 1, 1, 3))


@pytest.mark.parametrize("n_threads", [1, 4])
def test_blocks_are_in_order_and_not_too_many_are_read(n_threads):
    crops, seen = Crops(50), []
    blocks = transfers.read_ahead(crops, 10, 49, 4, transfers.Copies(CPU), n_threads)
    for number, (first, block) in enumerate(blocks):
        time.sleep(0.02)  # as a model does: readers go on
        assert crops.started <= number + 1 + n_threads + 1
        seen.append((first, block[:, 0, 0, 0].tolist()))
    assert [first for first, _ in seen] == list(range(10, 49, 4))
    assert [crop for _, block in seen for crop in block] == list(range(10, 49))


def test_an_error_of_a_reader_comes_out_at_its_block():
    blocks = transfers.read_ahead(Crops(50, broken=8), 0, 50, 4, transfers.Copies(CPU), 4)
    assert [next(blocks)[0], next(blocks)[0]] == [0, 4]
    with pytest.raises(StoreError, match="crops from 8 on are damaged"):
        next(blocks)


def test_all_cores_of_the_job_are_used_beside_a_gpu(monkeypatch):
    for threads, expected in ((1, 1), (4, 4), (64, 8)):
        monkeypatch.setattr(torch, "get_num_threads", lambda n=threads: n)
        assert transfers.n_readers(GPU) == transfers.n_writers(GPU) == expected
        assert (transfers.n_readers(CPU), transfers.n_writers(CPU)) == (1, 4)


@pytest.mark.parametrize(
    ("size", "batch_size", "device", "expected"),
    [
        ((224, 224), None, CPU, (32, 32)),
        ((224, 224), None, GPU, (128, 128)),
        ((224, 224), 7, GPU, (32, 7)),
        ((224, 224), 32, GPU, (32, 32)),
        ((224, 224), 100, CPU, (96, 96)),  # whole chunks
        ((448, 448), None, CPU, (8, 8)),
        ((448, 448), None, GPU, (32, 32)),
        ((448, 448), 3, GPU, (8, 3)),
        ((1024, 2048), None, CPU, (1, 1)),
        ((1024, 2048), 512, GPU, (1, 1)),
    ],
)
def test_blocks_are_whole_chunks(size, batch_size, device, expected):
    assert extraction.batches(size, device, batch_size) == expected


# ------------------------------------------------------------------------------ from store to store


class Counted(Backbone):
    """Counts its passes, and answers crops that are all black with huge tokens."""

    passes = None

    def tokens(self, crops, layers):
        self.passes.append(len(crops))
        factor = 1e6 if (crops == 0).all() else 1
        outputs = super().tokens(crops, layers)
        return [(patches * factor, cls) for patches, cls in outputs]


@pytest.fixture
def backbone(monkeypatch):
    torch.manual_seed(0)
    small = {"embed_dim": 16, "depth": 2, "num_heads": 2}
    channels = [torch.full((3, 1, 1), 0.5)] * 2
    monkeypatch.setattr(Counted, "passes", [])
    return Counted(build("vit_base_patch16_224", small, img_size=PX), *channels)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (N_CROPS, PX, PX, 3), dtype=np.uint8)


@pytest.fixture
def crops(tmp_path, images):
    return write_crops(tmp_path / "crops.zarr", images)


def write_crops(path, images):
    store.create(path, {"levels": ["clean"]})
    chunk = (10, PX, PX, 3)
    codecs = store.IMAGE_CODECS
    store.create_array(path, "clean/crops", images.shape, "uint8", chunk, codecs)[:] = images
    store.seal(path)
    return path


def extract(crops, backbone, **arguments):
    out = crops.parent / "out.zarr"
    extraction.extract(crops, out, backbone, [1, 2], {}, **arguments)
    return out


def assert_unfinished(crops):
    with pytest.raises(StoreError, match="was never finished"):
        store.attributes(crops.parent / "out.zarr")


def assert_tokens_of(out, backbone, images):
    outputs = backbone.tokens(torch.from_numpy(images), [1, 2])
    for layer, expected in zip((1, 2), outputs, strict=True):
        for name, values in zip(
            (extraction.patches_name, extraction.cls_name), expected, strict=True
        ):
            stored = store.read(out, name("clean", layer))
            np.testing.assert_allclose(stored, values, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("batch_size", "passes"),
    [(None, [32] * 7 + [26]), (64, [64] * 3 + [58]), (1000, [250]), (20, [20, 12] * 7 + [20, 6])],
)
def test_passes_of_several_chunks_or_of_parts_of_one(crops, backbone, images, batch_size, passes):
    out = extract(crops, backbone, batch_size=batch_size)
    assert backbone.passes == passes
    assert store.open_array(out, extraction.patches_name("clean", 1)).chunks[0] == 32
    assert_tokens_of(out, backbone, images)


class Late(transfers.Copies):
    """Copies from the device that are not there before somebody has waited for them."""

    def __init__(self, device):
        super().__init__(device)
        self._pending, self._lock = [], threading.Lock()

    def buffer(self, shape, dtype):
        return super().buffer(shape, dtype).fill_(7)

    def to_host(self, values, out):
        self._pending.append((values, out))

    def arrival(self):
        pending, self._pending = self._pending, []

        def wait():
            with self._lock:
                while pending:
                    values, out = pending.pop()
                    super(Late, self).to_host(values, out)

        return wait


@pytest.mark.parametrize("batch_size", [20, 64])
def test_writers_wait_for_the_copies(crops, backbone, images, monkeypatch, batch_size):
    monkeypatch.setattr(transfers, "Copies", Late)
    assert_tokens_of(extract(crops, backbone, batch_size=batch_size), backbone, images)


COPIES = pytest.mark.parametrize("copies", [transfers.Copies, Late])


@COPIES
@pytest.mark.parametrize(("batch_size", "n_last"), [(20, 6), (32, 26), (64, 58)])
def test_tokens_of_the_last_batch_that_do_not_fit(
    tmp_path, backbone, images, monkeypatch, copies, batch_size, n_last
):
    monkeypatch.setattr(transfers, "Copies", copies)
    images = images.copy()
    images[-n_last:] = 0
    crops = write_crops(tmp_path / "crops.zarr", images)
    message = r"Tokens do not fit float16 \(largest magnitude .*e\+06, limit 65504\): the weights"
    with pytest.raises(StoreError, match=message):
        extract(crops, backbone, batch_size=batch_size)
    assert backbone.passes[-1] == n_last
    assert_unfinished(crops)


def test_tokens_that_are_no_numbers_do_not_fit(crops, backbone):
    with torch.no_grad():
        backbone.model.norm.bias.fill_(float("nan"))
    with pytest.raises(StoreError, match="largest magnitude nan"):
        extract(crops, backbone)
    assert_unfinished(crops)


def test_a_damaged_chunk_ends_extraction(crops, backbone):
    file = crops / "clean/crops/c/20/0/0/0"
    content = bytearray(file.read_bytes())
    content[40] ^= 1  # its checksum stays, so that opening the array does not tell
    file.write_bytes(content)
    with pytest.raises(StoreError, match="'clean/crops' of store .* is damaged"):
        extract(crops, backbone)
    assert_unfinished(crops)


@pytest.mark.parametrize("number", [0, 7])
def test_an_error_of_a_writer_ends_extraction(crops, backbone, monkeypatch, number):
    write = store._Written.write_chunk

    def broken(array, chunk, values):
        if chunk == number and values.ndim == 2:
            raise PermissionError("not here")
        write(array, chunk, values)

    monkeypatch.setattr(store._Written, "write_chunk", broken)
    with pytest.raises(PermissionError, match="not here"):
        extract(crops, backbone)
    assert len(backbone.passes) == (3 if number == 0 else 8)
    assert_unfinished(crops)


@COPIES
@pytest.mark.parametrize(("n_bytes", "n_passes"), [(2**30, 3), (25_000, 2), (1, 1)])
def test_few_blocks_are_in_flight(crops, backbone, images, monkeypatch, copies, n_bytes, n_passes):
    """So many are embedded while nothing is written; tokens of one take 10 kB."""
    monkeypatch.setattr(transfers, "Copies", copies)
    monkeypatch.setattr(extraction, "_IN_FLIGHT_BYTES", n_bytes)
    write, may_write = store._Written.write_chunk, threading.Event()

    def waiting(array, chunk, values):
        may_write.wait()
        write(array, chunk, values)

    monkeypatch.setattr(store._Written, "write_chunk", waiting)
    with ThreadPoolExecutor(1) as thread:
        try:
            done = thread.submit(extract, crops, backbone)
            began = time.monotonic()
            while len(backbone.passes) < n_passes and time.monotonic() - began < 30:
                time.sleep(0.01)
            time.sleep(0.3)
            assert len(backbone.passes) == n_passes
        finally:
            may_write.set()
    assert len(backbone.passes) == 8
    assert_tokens_of(done.result(), backbone, images)
