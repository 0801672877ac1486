"""The 150 classes of SceneParsing, in the order of their labels.

Source: objectInfo150.txt of the official toolkit (CSAILVision/sceneparsing), where a name is
followed by synonyms; of these the first one or two are kept.
"""

_NAMES = """
wall; building, edifice; sky; floor, flooring; tree; ceiling; road, route; bed; windowpane, window;
grass; cabinet; sidewalk, pavement; person, individual; earth, ground; door, double door; table;
mountain, mount; plant, flora; curtain, drape; chair; car, auto; water; painting, picture;
sofa, couch; shelf; house; sea; mirror; rug, carpet; field; armchair; seat; fence, fencing; desk;
rock, stone; wardrobe, closet; lamp; bathtub, bathing tub; railing, rail; cushion; base, pedestal;
box; column, pillar; signboard, sign; chest of drawers, chest; counter; sand; sink; skyscraper;
fireplace, hearth; refrigerator, icebox; grandstand, covered stand; path; stairs, steps; runway;
case, display case; pool table, billiard table; pillow; screen door, screen; stairway, staircase;
river; bridge, span; bookcase; blind, screen; coffee table, cocktail table; toilet, can; flower;
book; hill; bench; countertop; stove, kitchen stove; palm, palm tree; kitchen island;
computer, computing machine; swivel chair; boat; bar; arcade machine; hovel, hut; bus, autobus;
towel; light, light source; truck, motortruck; tower; chandelier, pendant; awning, sunshade;
streetlight, street lamp; booth, cubicle; television, television receiver; airplane, aeroplane;
dirt track; apparel, wearing apparel; pole; land, ground; bannister, banister;
escalator, moving staircase; ottoman, pouf; bottle; buffet, counter; poster, posting; stage; van;
ship; fountain; conveyer belt, conveyor belt; canopy; washer, automatic washer; plaything, toy;
swimming pool, swimming bath; stool; barrel, cask; basket, handbasket; waterfall, falls;
tent, collapsible shelter; bag; minibike, motorbike; cradle; oven; ball; food, solid food;
step, stair; tank, storage tank; trade name, brand name; microwave, microwave oven;
pot, flowerpot; animal, animate being; bicycle, bike; lake; dishwasher, dish washer;
screen, silver screen; blanket, cover; sculpture; hood, exhaust hood; sconce; vase;
traffic light, traffic signal; tray; ashcan, trash can; fan; pier, wharf; crt screen; plate;
monitor, monitoring device; bulletin board, notice board; shower; radiator;
glass, drinking glass; clock; flag
"""

# Label i is that of entry i - 1; label 0 is "other", things that nobody has labelled.
FULL_NAMES = tuple(" ".join(name.split()) for name in _NAMES.split(";"))
CLASS_NAMES = tuple(name.split(",")[0] for name in FULL_NAMES)
OTHER = 0
LABELS = {"other": OTHER} | {name: label for label, name in enumerate(CLASS_NAMES, start=1)}
