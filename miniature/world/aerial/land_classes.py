"""The classes of UC Merced, RESISC45 and EuroSAT, and the place that is painted for each."""

from dataclasses import dataclass

from miniature.world.aerial import country, homes, land, leisure, places, works
from miniature.world.aerial import places_by_water as by_water
from miniature.world.aerial import places_on_routes as on_routes
from miniature.world.aerial.blocks import car_park
from miniature.world.aerial.places import court, crossing_of, oval, town_of


@dataclass(frozen=True)
class Place:
    """What is painted: a painter, and the least and most metres that a pixel covers.

    `paint` is called with the canvas, a generator, and a block larger than the photograph.
    """

    paint: object
    finest: float = 0.3
    coarsest: float = 0.5


SUBURB = town_of(homes.houses)
DENSE = town_of(homes.terraces, spacing=(55, 85))
AIRPLANE, BEACH = Place(places.airplanes, 0.35, 0.6), Place(by_water.beach, 0.3, 0.7)
BASEBALL = Place(court("Baseball Field"), 0.33, 0.45)
CHAPARRAL = Place(land.chaparral, 0.3, 0.5)
OFFICES = Place(town_of(works.offices, works.offices, works.shops), 0.4, 0.6)
FACTORIES = Place(town_of(works.industry, works.industry, works.depot, spacing=(90, 140)), 0.6, 1.0)
CROSSING = Place(crossing_of(homes.houses, works.offices, works.shops), 0.3, 0.45)
FREEWAY, GOLF = Place(on_routes.freeway, 0.3, 0.6), Place(leisure.golf_course, 0.5, 0.9)
HARBOUR, OVERPASS = Place(by_water.harbour, 0.3, 0.6), Place(on_routes.overpass, 0.3, 0.5)
MOBILE, PARKING = Place(homes.mobile_homes, 0.3, 0.5), Place(car_park, 0.2, 0.4)
RIVER, RUNWAY = Place(by_water.river, 0.4, 1.2), Place(places.runway, 0.3, 0.6)
SPARSE, TANKS = Place(town_of(homes.sparse_houses), 0.3, 0.5), Place(works.tanks, 0.35, 0.7)
TENNIS, WOOD = Place(court("Tennis Court"), 0.25, 0.4), Place(places.wood, 0.4, 0.8)
FIELDS = Place(places.parallel_fields, 0.5, 1.2)

UC_MERCED = {
    "agricultural": FIELDS, "airplane": AIRPLANE, "baseballdiamond": BASEBALL, "beach": BEACH,
    "buildings": OFFICES, "chaparral": CHAPARRAL, "denseresidential": Place(DENSE),
    "forest": WOOD, "freeway": FREEWAY, "golfcourse": GOLF, "harbor": HARBOUR,
    "intersection": CROSSING, "mediumresidential": Place(SUBURB), "mobilehomepark": MOBILE,
    "overpass": OVERPASS, "parkinglot": PARKING, "river": RIVER, "runway": RUNWAY,
    "sparseresidential": SPARSE, "storagetanks": TANKS, "tenniscourt": TENNIS,
}  # fmt: skip
RESISC45 = {
    "airplane": AIRPLANE, "airport": Place(places.whole_airport, 1.3, 1.9),
    "baseball_diamond": BASEBALL, "basketball_court": Place(court("Basketball Court"), 0.22, 0.4),
    "beach": BEACH, "bridge": Place(by_water.bridge, 0.5, 1.0), "chaparral": CHAPARRAL,
    "church": Place(places.church, 0.3, 0.45),
    "circular_farmland": Place(places.round_fields, 2, 6),
    "cloud": Place(land.clouds, 5, 15), "commercial_area": OFFICES,
    "dense_residential": Place(DENSE, 0.4, 0.6), "desert": Place(land.dunes, 2, 8),
    "forest": WOOD, "freeway": FREEWAY, "golf_course": GOLF,
    "ground_track_field": Place(oval(False), 0.75, 1.0), "harbor": HARBOUR,
    "industrial_area": FACTORIES, "intersection": CROSSING,
    "island": Place(land.island, 2, 6),
    "lake": Place(land.lake, 2, 6),
    "meadow": Place(country.meadow, 0.5, 1.0), "medium_residential": Place(SUBURB, 0.4, 0.6),
    "mobile_home_park": MOBILE, "mountain": Place(land.mountains, 5, 20), "overpass": OVERPASS,
    "palace": Place(places.palace, 0.45, 0.65), "parking_lot": PARKING,
    "railway": Place(on_routes.railway, 0.3, 0.5),
    "railway_station": Place(on_routes.railway_station, 0.4, 0.6),
    "rectangular_farmland": FIELDS, "river": RIVER,
    "roundabout": Place(crossing_of(homes.houses, works.offices, is_round=True), 0.35, 0.5),
    "runway": RUNWAY, "sea_ice": Place(land.sea_ice, 2, 10),
    "ship": Place(by_water.one_ship, 0.4, 0.7),
    "snowberg": Place(land.snow_mountains, 5, 20), "sparse_residential": SPARSE,
    "stadium": Place(oval(True), 0.95, 1.2), "storage_tank": TANKS, "tennis_court": TENNIS,
    "terrace": Place(land.terraces, 1, 2),
    "thermal_power_station": Place(places.power_station, 0.7, 1.1),
    "wetland": Place(land.wetland, 2, 6),
}  # fmt: skip
# Painted four times as fine, at a quarter of the 10 m of a pixel.
EUROSAT_FINE = 4
_SENTINEL = dict(finest=2.5, coarsest=2.5)
EUROSAT = {
    "AnnualCrop": Place(places.parallel_fields, **_SENTINEL),
    "Forest": Place(places.wood, **_SENTINEL),
    "HerbaceousVegetation": Place(places.shrubland, **_SENTINEL),
    "Highway": Place(on_routes.freeway, **_SENTINEL),
    "Industrial": Place(town_of(works.industry, works.depot, spacing=(120, 200)), **_SENTINEL),
    "Pasture": Place(places.pasture, **_SENTINEL),
    "PermanentCrop": Place(places.rows_of_shrubs, **_SENTINEL),
    "Residential": Place(town_of(homes.houses, homes.terraces, spacing=(90, 150)), **_SENTINEL),
    "River": Place(by_water.river, **_SENTINEL),
    "SeaLake": Place(by_water.water, **_SENTINEL),
}
