"""The process that makes inputs of one target and reads them, and says how each ended.

What counts as found: an error that is no `PatchprobeError`; something accepted that is wrong;
something written outside of the input's folder, started or connected to; more than 2 GB of memory.
The process that watches this one adds what takes longer than it may, and what ends the process.
"""

import faulthandler
import io
import os
import shutil
import sys
import time
import traceback
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from patchprobe.errors import PatchprobeError
from tests.fuzz import guard
from tests.fuzz.mutators.change import Change

READY, STARTED = "ready", "started"
ACCEPTED, REFUSED, FOUND = "accepted", "refused", "found"
TRACE_AFTER_S = 17
_PACKAGE = Path(__file__).parents[2] / "patchprobe"


def work(pipe, target, seed, folder, trace):
    """Read inputs as long as they are asked for; to be run in a process of its own.

    Parameters
    ----------
    pipe : multiprocessing.connection.Connection
        Gets READY; then, for each number that is sent until None is, (STARTED, what was done to
        the files) and (how it ended, seconds). Of a finding it is (FOUND, (kind, place, text)).
    target : tests.fuzz.target.Target
    seed : int
    folder : path
        Holds `world`, made if it is not there, and `input`; the copy of a finding stays there.
    trace : path
        Gets the stack if the process dies or takes long.
    """
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    world, place = prepared(target, folder), Path(folder) / "input"
    place.mkdir(exist_ok=True)
    with open(trace, "w") as file:
        faulthandler.enable(file)
        target.learn(world)
        check_the_valid(target, world, place)
        guard.watch()
        guard.limit_memory()
        pipe.send(READY)
        while True:
            number = pipe.recv()
            if number is None:
                return
            copy, change = damaged(target, seed, number, world, place)
            pipe.send((STARTED, change.notes))
            file.seek(0)
            file.truncate()
            faulthandler.dump_traceback_later(TRACE_AFTER_S, file=file)
            ended = read(target, copy)
            faulthandler.cancel_dump_traceback_later()
            os.chdir(place)
            pipe.send(ended)
            if ended[0] != FOUND:
                shutil.rmtree(copy, ignore_errors=True)


def prepared(target, folder):
    """The valid world of a target, made if need be."""
    world = Path(folder) / "world"
    if not world.is_dir():
        unfinished = Path(folder) / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        with _quiet():
            target.prepare(unfinished)
        unfinished.rename(world)
    return world


def damaged(target, seed, number, world, place):
    """A damaged copy of the world, and the change that was made."""
    copy, change = place / str(number), Change(seed, target.name, number)
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(world, copy, copy_function=os.link)
    target.damage(copy, change)
    return copy, change


def check_the_valid(target, world, place):
    """A world that is refused would make the target useless."""
    copy = place / "valid"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(world, copy)
    os.chdir(copy)
    with _quiet():
        is_accepted = target.use(copy)
    if not is_accepted:
        raise ValueError(f"{target.name}: the valid world is not accepted")
    os.chdir(place)
    shutil.rmtree(copy)


@contextmanager
def _quiet():
    """Show no progress bars and warnings."""
    unseen = io.StringIO()
    with redirect_stdout(unseen), redirect_stderr(unseen):
        yield


def read(target, copy):
    """How the reading of an input ended, and the seconds or what was found."""
    os.chdir(copy)
    started = time.perf_counter()
    with _quiet(), guard.confined(copy) as breaches:
        outcome, what = _outcome(target, copy)
    if breaches and outcome != FOUND:
        outcome, what = FOUND, ("BreachError", "hidden by another error", breaches[0])
    return outcome, what or time.perf_counter() - started


def _outcome(target, copy):
    try:
        return (ACCEPTED if target.use(copy) else REFUSED), None
    except PatchprobeError:
        return REFUSED, None
    except (Exception, guard.BreachError) as error:
        return FOUND, (
            type(error).__name__,
            place_of(error),
            traceback.format_exc(limit=-12)[-6000:],
        )


def place_of(error):
    """File, line and function of patchprobe where an error came from, or of what called it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(f"{_PACKAGE}/")]
    frame = (own or frames)[-1]
    return f"{os.path.relpath(frame.filename, _PACKAGE.parent)}:{frame.lineno} {frame.name}"
