"""Who and what takes part in a film of the miniature world, as it is put together."""

from miniature.world.drives import motion
from miniature.world.drives.film import Part, Thing
from miniature.world.drives.people import paint_walker
from miniature.world.paint import labels

# Radius and height within which all of it is painted, in metres.
PERSON_REACH = (0.75, 2.15)
BICYCLE_REACH = (1.2, 2.15)
CAR_REACH = (2.75, 2.4)


class Cast:
    """The things of a film, as they are added; it gives out seeds and identities."""

    def __init__(self, rng, times):
        self.rng = rng
        self.times = times
        self.things = []
        self._identity = int(rng.integers(1_000, 900_000))

    def seed(self):
        """A seed for the look of something."""
        return int(self.rng.integers(2**31))

    def part(self, category, is_crowd=False, seen_as=()):
        """A new part of a thing; `seen_as` are the labels of its pixels."""
        self._identity += 1
        return Part(self._identity, category, is_crowd, tuple(seen_as))

    def add(self, paint, path, size, reach, parts=(), phase=None, **options):
        """Add a thing: see `Thing`."""
        thing = Thing(paint, self.seed(), path, size, reach, options, phase, tuple(parts))
        self.things.append(thing)

    def stand(self, paint, x, z, heading, size, reach, **options):
        """Add a thing that stays where it is."""
        path = motion.standing(x, z, heading, len(self.times))
        self.add(paint, path, size, reach, **options)

    def is_free(self, path, apart=0.35):
        """Whether who takes a path stays `apart` metres from everything that is there so far."""
        return not any(
            motion.collide(path, thing.path, *(apart + max(thing.size[:2]) / 2,) * 2)
            for thing in self.things
        )

    def walker(self, path, category="pedestrian"):
        """Add someone who walks along a path."""
        phase = motion.cycle_phase(self.rng, path, 2 * motion.STRIDE * 0.85)
        parts = [self.part(category)]
        self.add(paint_walker, path, (0.5, 0.5, 1.7), PERSON_REACH, parts, phase)

    def stander(self, x, z, heading, category="pedestrian"):
        """Add someone who stands."""
        path = motion.standing(x, z, heading, len(self.times))
        phase = sum(motion.sway(self.rng, self.times, 0.15, p) for p in (3.1, 4.7))
        self.add(paint_walker, path, (0.5, 0.5, 1.7), PERSON_REACH, [self.part(category)], phase)

    def two_wheeler(self, paint, path, category, person="rider"):
        """Add a bicycle or motorcycle with someone on it: two parts."""
        kind = labels.BICYCLE if category == "bicycle" else labels.MOTORCYCLE
        parts = [self.part(category, seen_as=(kind,)), self.part(person, seen_as=(labels.RIDER,))]
        phase = motion.cycle_phase(self.rng, path, motion.PEDAL_METRES)
        self.add(paint, path, (1.9, 0.6, 1.6), BICYCLE_REACH, parts, phase)
