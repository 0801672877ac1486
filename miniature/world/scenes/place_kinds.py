"""What each kind of outdoor place is made of."""

from miniature.world.scenes.places import PlaceKind

PLACES = (
    PlaceKind(
        "street", "sidewalk, earth",
        "buildings 1, car 2.5, person 2.5, streetlight 1.2, tree 1, signboard .8, awning .6, "
        "pole .3",
        "traffic light, bus, truck, van, awning, signboard, bicycle, minibike, streetlight, "
        "trade name, ashcan, flag, pole, poster",
    ),
    PlaceKind(
        "highway", "grass, field, land",
        "road 1, car 2.5, truck .5, hill .6, tree 3, streetlight .6",
        "truck, bus, van, railing, pole, fence, hill, bridge",
        (1.5, 3.0),
    ),
    PlaceKind(
        "house", "grass",
        "house 1.2, tree 3, path .6, fence .6, plant .8, flower .8, car .4",
        "house, fence, step, stairs, path, flower, awning, ball, bench, plant",
    ),
    PlaceKind(
        "park", "grass",
        "path .8, tree 5, bench .8, person 1.5, streetlight .5, flower .5",
        "bench, fountain, sculpture, path, lake, streetlight, ashcan, animal, bicycle, ball, "
        "stairs",
    ),
    PlaceKind(
        "beach", "sand",
        "sea 1, person 2.5, palm 1.2, rock .4, boat .6",
        "palm, boat, ship, canopy, pier, ball, tent, sea, palm, bag",
        (1.6, 3.0), "table",
    ),
    PlaceKind(
        "mountain_lake", "grass, earth",
        "mountain 1.6, lake .8, tree 4, rock 1.2, hill .5",
        "mountain, lake, rock, boat, pier, tent, lake, animal",
        (1.8, 5.0),
    ),
    PlaceKind(
        "farm", "grass, field",
        "field .9, animal 2, fence 1, tree 2, hill .6, hovel .3",
        "field, animal, fence, barrel, dirt track, tank, hovel, truck, basket, hill, earth",
        (1.6, 3.0), "barrel",
    ),
    PlaceKind(
        "river", "grass, earth",
        "river 1, tree 4, rock 1.2, hill .7, bridge .4",
        "bridge, river, rock, boat, hill, bridge, river, house",
        (2.2, 5.0),
    ),
    PlaceKind(
        "harbor", "sidewalk, earth",
        "wide water 1, boat 1.8, ship .6, building .5, pole .5, person .6",
        "ship, boat, pier, barrel, railing, water, box, ship, pier",
        (2.0, 4.0), "barrel",
    ),
    PlaceKind(
        "airfield", "grass, land",
        "runway 1, airplane 1, van .5, hill .4, tower .3",
        "airplane, runway, truck, tower, bus, airplane, van, runway, hill",
        (2.0, 5.0),
    ),
    PlaceKind(
        "downtown", "sidewalk",
        "road 1, skyscrapers 1, building .8, car 2, person 2, tree 1, streetlight .8",
        "skyscraper, bus, flag, traffic light, skyscraper, fountain, bicycle, van, signboard",
    ),
    PlaceKind(
        "plaza", "sidewalk",
        "houses in a row 1, person 3, bench .6, column .6, tree .8, fountain .3, streetlight .6",
        "fountain, sculpture, column, stairs, base, flag, tower, fountain, pot, step, tower",
    ),
    PlaceKind(
        "forest_path", "earth, grass",
        "tree 9, path .7, rock .8, plant .6",
        "path, rock, animal, dirt track, hovel, bicycle, earth, tent, person",
    ),
    PlaceKind(
        "waterfall", "grass, earth",
        "waterfall 1, water .6, rock 2.5, tree 3",
        "waterfall, water, rock, waterfall, water, person, bench",
        (1.8, 3.0),
    ),
    PlaceKind(
        "stadium", "grass",
        "grandstand 1.5, person 3, signboard .4, streetlight .5",
        "grandstand, ball, flag, railing, grandstand, fence, pole, dirt track",
        (1.6, 3.5),
    ),
    PlaceKind(
        "desert", "land, sand",
        "mountain 1, rock 1.5, plant .5, hill .6",
        "land, sand, dirt track, tent, animal, mountain, tank, land, sand, hovel",
        (1.6, 3.0),
    ),
    PlaceKind(
        "market", "sidewalk, earth",
        "booth 2.5, person 4, box 1, basket .8, houses in a row .6, canopy .4",
        "booth, canopy, basket, food, box, barrel, awning, bag, flower, pot, apparel",
        (1.5, 1.9), "table",
    ),
    PlaceKind(
        "campsite", "grass, earth",
        "tent 1.5, tree 4, person .8, table .4, chair .5",
        "tent, hovel, bicycle, minibike, lake, bench, tent, table, chair, bottle",
        (1.5, 2.2), "table",
    ),
    PlaceKind(
        "swimming_pool", "grass, floor",
        "swimming pool 1, palm 1.2, chair 1, tree 1.5, house .5, fence .3, plant .5",
        "swimming pool, palm, canopy, stool, swimming pool, glass, plate, tray, ball",
        (1.7, 2.6), "table",
    ),
    PlaceKind(
        "industrial_area", "earth, land, sidewalk",
        "tank 1.5, building .7, truck .6, fence .7, pole .6, tower .3",
        "tank, truck, tower, barrel, wall, tank, conveyer belt, van, railing, tower, fence",
        (1.6, 3.0), "barrel",
    ),
    PlaceKind(
        "village", "earth, land",
        "hovel 2.5, person 1.2, tree 1.5, animal .6, fence .4",
        "hovel, earth, animal, minibike, pot, wall, land, tower, barrel, dirt track",
    ),
    PlaceKind(
        "garden", "grass",
        "flower 2.5, plant 2, path .8, tree 2, wall .4, house .4",
        "flower, pot, wall, step, fountain, bench, stairs, sculpture, canopy, plant, base",
    ),
    PlaceKind(
        "coast", "grass, earth",
        "sea 1, rock 2, hill .5, tree .6",
        "sea, ship, rock, pier, boat, railing, grass, hill",
        (2.5, 6.0),
    ),
)  # fmt: skip
