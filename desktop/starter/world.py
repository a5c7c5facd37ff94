"""The world of the starter model: things, grounds, and random scenes of them."""

import csv
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self

THINGS = Path(__file__).with_name("things.tsv")
HELD_OUT = 16  # one of so many combinations is left out of training and used in the evaluation


@dataclass(frozen=True)
class Thing:
    key: str  # code point(s) of its cut-out, in hex: 1f42d
    en: str  # the noun that a person types
    plural: str  # empty if it cannot be counted
    zh: str
    measure: str  # Chinese measure word
    kind: str  # animal person plant food vehicle building music sport clothing tool nature thing
    en_others: tuple[str, ...] = ()
    zh_others: tuple[str, ...] = ()
    tier: int = 1  # 1 is learned first

    @classmethod
    def read(cls, row: Mapping[str, str]) -> Self:
        en_others, zh_others = (tuple(filter(None, row[name].split("|"))) for name in ("en_others", "zh_others"))
        hexcode, en, plural, zh, measure, kind = (row[name] for name in ("hexcode", "en", "plural", "zh", "measure", "kind"))
        return cls(hexcode, en, plural, zh, measure, kind, en_others, zh_others, int(row["tier"]))


@cache
def all_things() -> Mapping[str, Thing]:
    """Every thing by its key, in the order of things.tsv."""
    with THINGS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return MappingProxyType({row["hexcode"]: Thing.read(row) for row in rows})


def things(tier: int) -> tuple[Thing, ...]:
    """All things of this tier or below."""
    return tuple(thing for thing in all_things().values() if thing.tier <= tier)


@dataclass(frozen=True)
class Ground:
    key: str
    en: tuple[str, ...]  # position of a thing: "on the beach"
    zh: tuple[str, ...]  # "在沙滩上"
    en_names: tuple[str, ...]  # name of the place: "beach"
    zh_names: tuple[str, ...]  # "沙滩"
    is_colour: bool = False


def _colour(en: tuple[str, ...], zh: tuple[str, ...]) -> Ground:
    """A plain coloured ground; the first name is the key."""
    articles = {name: "an" if name[0] in "aeiou" else "a" for name in en}
    manners = ("on {article} {name} background", "on {article} {name} background", "on {name}", "in front of {article} {name} wall")
    where = tuple(manner.format(article=article, name=name) for manner in manners for name, article in articles.items())
    return Ground(
        en[0],
        where,
        tuple(f"在{name}背景上" for name in zh),
        tuple(f"{name} background" for name in en),
        tuple(f"{name}背景" for name in zh),
        is_colour=True,
    )


COLOURS = (
    _colour(("white",), ("白色", "纯白")),
    _colour(("black",), ("黑色", "纯黑")),
    _colour(("red",), ("红色",)),
    _colour(("blue",), ("蓝色",)),
    _colour(("green",), ("绿色",)),
    _colour(("yellow",), ("黄色",)),
    _colour(("pink",), ("粉色", "粉红色")),
    _colour(("purple",), ("紫色",)),
    _colour(("orange",), ("橙色", "橘色")),
    _colour(("gray", "grey"), ("灰色",)),
)

PLACES = (
    Ground(
        "beach",
        ("on the beach", "at the beach", "on a sandy beach", "by the sea"),
        ("在沙滩上", "在海滩上", "在海边"),
        ("beach", "beach", "sandy beach", "seaside"),
        ("沙滩", "沙滩", "海滩", "海边"),
    ),
    Ground("ocean", ("in the ocean", "in the sea", "on the ocean"), ("在大海里", "在海里", "在海上"), ("ocean", "sea"), ("大海", "海洋")),
    Ground(
        "meadow",
        ("in a meadow", "on the grass", "in a field of flowers"),
        ("在草地上", "在花丛中", "在草原上"),
        ("meadow", "field of flowers"),
        ("草地", "草原", "花田"),
    ),
    Ground(
        "night_sky",
        ("at night", "at night", "under the night sky", "under the stars"),
        ("在夜空下", "在夜里", "在星空下", "在夜晚"),
        ("night sky", "starry sky"),
        ("夜空", "星空"),
    ),
    Ground(
        "sunset",
        ("at sunset", "in the sunset", "at dusk"),
        ("在日落时", "在夕阳下", "在黄昏时"),
        ("sunset", "sundown"),
        ("日落", "夕阳", "黄昏"),
    ),
    Ground(
        "snow",
        ("in the snow", "in the snow", "in a snowy landscape", "in winter"),
        ("在雪地里", "在雪地上", "在雪中", "在冬天"),
        ("snowy landscape", "winter landscape"),
        ("雪地", "雪景"),
    ),
    Ground("desert", ("in the desert", "on the dunes"), ("在沙漠里", "在沙漠中"), ("desert", "sand dunes"), ("沙漠",)),
    Ground("forest", ("in the forest", "in the woods"), ("在森林里", "在树林里"), ("forest", "woods"), ("森林", "树林")),
    Ground(
        "space",
        ("in space", "in outer space", "among the planets"),
        ("在太空中", "在太空里", "在宇宙中"),
        ("outer space", "universe"),
        ("太空", "宇宙"),
    ),
    Ground("city", ("in the city", "in town", "in front of skyscrapers"), ("在城市里", "在都市里"), ("city", "skyline"), ("城市", "都市")),
    Ground(
        "night_city",
        ("in the city at night", "in a city of lights"),
        ("在夜晚的城市里", "在城市的夜色中"),
        ("city at night", "city of lights"),
        ("夜晚的城市", "城市夜景"),
    ),
    Ground("room", ("in a room", "at home", "indoors"), ("在房间里", "在家里", "在室内"), ("room", "cosy room"), ("房间", "室内")),
    Ground("mountain", ("in the mountains", "in front of a mountain"), ("在山里", "在山前"), ("mountains", "mountain"), ("高山", "山")),
    Ground("lake", ("by the lake", "on the lake"), ("在湖边", "在湖上"), ("lake", "quiet lake"), ("湖", "湖泊")),
    Ground("rain", ("in the rain", "on a rainy day"), ("在雨中", "在雨里", "在雨天"), ("rain", "rainy day"), ("雨", "雨天")),
    Ground(
        "clouds",
        ("in the sky", "among the clouds", "above the clouds"),
        ("在天空中", "在云中", "在云上"),
        ("sky", "clouds"),
        ("天空", "云海"),
    ),
    Ground(
        "underwater",
        ("under water", "underwater", "under the sea"),
        ("在水下", "在海底"),
        ("underwater world", "coral reef"),
        ("海底世界", "海底"),
    ),
    Ground("stage", ("on a stage", "on the stage"), ("在舞台上", "在台上"), ("stage",), ("舞台",)),
)

GROUNDS: Mapping[str, Ground] = MappingProxyType({ground.key: ground for ground in (*COLOURS, *PLACES)})


class Arrangement(StrEnum):
    ONE = "one"
    SEVERAL = "several"  # two to four of one thing
    BESIDE = "beside"  # the first stands left of the second
    ABOVE = "above"  # the first is above the second
    WITH = "with"  # the first is large, the second is in front of it: held, played
    ALONE_GROUND = "alone_ground"  # only the place


Size = Literal["small", "big"]
SIZES: tuple[Size, ...] = ("small", "big")


@dataclass(frozen=True)
class Scene:
    """What a picture shows, and the seed of everything that captions do not say."""

    ground: Ground
    arrangement: Arrangement
    things: tuple[Thing, ...]  # none, one or two
    count: int  # how many of one thing; 0 for a place alone, 1 for arrangements of one or two things
    size: Size | None
    seed: int

    def as_json(self) -> dict:
        return {
            "ground": self.ground.key,
            "arrangement": self.arrangement.value,
            "things": [thing.key for thing in self.things],
            "count": self.count,
            "size": self.size,
            "seed": self.seed,
        }

    @classmethod
    def read(cls, json: Mapping) -> Self:
        known = all_things()
        return cls(
            GROUNDS[json["ground"]],
            Arrangement(json["arrangement"]),
            tuple(known[key] for key in json["things"]),
            json["count"],
            json["size"],
            json["seed"],
        )


def is_held_out(scene: Scene) -> bool:
    """Whether the combination is left out of training, independent of seed and size. Places alone are never left out."""
    if scene.arrangement is Arrangement.ALONE_GROUND:
        return False
    said = "|".join((scene.arrangement, *(thing.key for thing in scene.things), scene.ground.key, str(scene.count)))
    return hashlib.sha256(said.encode()).digest()[0] % HELD_OUT == 0


Weights = tuple[tuple[Arrangement, float], ...]  # relative frequency of each arrangement


def _weights(one: float, several: float, together: float, beside: float, above: float, alone_ground: float) -> Weights:
    return tuple(
        zip(
            (Arrangement.ONE, Arrangement.SEVERAL, Arrangement.WITH, Arrangement.BESIDE, Arrangement.ABOVE, Arrangement.ALONE_GROUND),
            (one, several, together, beside, above, alone_ground),
            strict=True,
        )
    )


SHARES = _weights(42, 16, 16, 13, 9, 4)  # pairs are the hardest to learn: four scenes in ten

FAVOURITES = (("mouse", "guitar"),)  # pairs that are drawn more often because the app suggests them
FAVOURITE_PLACE = "beach"
PLAYERS = ("animal", "person")  # kinds of things that hold or play something
DRINK_MEASURES = ("杯", "瓶", "盒")  # measure words of drinks


@dataclass(frozen=True)
class World:
    tier: int = 1
    weights: Weights = SHARES

    def imagine(self, chance: random.Random) -> Scene:
        """A random scene for training."""
        while is_held_out(scene := self._any(chance)):
            pass
        return scene

    def held_out(self, chance: random.Random) -> Scene:
        """A random scene whose combination is left out of training."""
        while not is_held_out(scene := self._any(chance)):
            pass
        return scene

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        return things(self.tier)

    @cached_property
    def _players(self) -> tuple[Thing, ...]:
        return tuple(thing for thing in self.things if thing.kind in PLAYERS)

    @cached_property
    def _favourites(self) -> tuple[tuple[Thing, Thing], ...]:
        named = {thing.en: thing for thing in self.things}
        return tuple((named[large], named[small]) for large, small in FAVOURITES if large in named and small in named)

    @cached_property
    def _countable(self) -> tuple[Thing, ...]:
        return tuple(thing for thing in self.things if thing.plural)

    def _any(self, chance: random.Random) -> Scene:
        arrangement = chance.choices(*zip(*self.weights, strict=True))[0]
        ground = self._ground(arrangement, chance)
        shown, count = self._things(arrangement, chance)
        size = chance.choice(SIZES) if arrangement is Arrangement.ONE and chance.random() < 0.1 else None
        return Scene(ground, arrangement, shown, count, size, chance.getrandbits(32))

    def _ground(self, arrangement: Arrangement, chance: random.Random) -> Ground:
        if arrangement is Arrangement.ALONE_GROUND:
            return GROUNDS[FAVOURITE_PLACE] if chance.random() < 0.15 else chance.choice(PLACES)
        return chance.choice(COLOURS) if chance.random() < 0.4 else chance.choice(PLACES)

    def _things(self, arrangement: Arrangement, chance: random.Random) -> tuple[tuple[Thing, ...], int]:
        match arrangement:
            case Arrangement.ALONE_GROUND:
                return (), 0
            case Arrangement.ONE:
                return (chance.choice(self.things),), 1
            case Arrangement.SEVERAL:
                return (chance.choice(self._countable),), chance.choice((2, 3, 4))
            case Arrangement.WITH if self._favourites and chance.random() < 0.06:
                return chance.choice(self._favourites), 1
            case Arrangement.WITH if self._players and chance.random() < 0.8:
                large = chance.choice(self._players)
                return (large, chance.choice([thing for thing in self.things if thing.kind not in PLAYERS])), 1
            case _:
                return tuple(chance.sample(self.things, 2)), 1
