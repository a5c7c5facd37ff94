"""English captions: "three cute pandas in the snow", "a mouse is playing guitar", "blue background, a red apple"."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from random import Random

from .world import DRINK_MEASURES, GROUNDS, PLAYERS, Arrangement, Ground, Scene, Thing, things

# Words people add that do not change the picture.
LOOKS = ("cute", "lovely", "beautiful", "pretty", "nice", "adorable", "happy", "funny", "sweet", "cool")
MOODS = ("beautiful", "blissful", "peaceful", "calm", "lovely", "wonderful", "dreamy", "magical", "pretty", "heavenly", "nice", "amazing")
OPENINGS = (
    "a picture of {}",
    "an image of {}",
    "a photo of {}",
    "a drawing of {}",
    "a painting of {}",
    "an illustration of {}",
    "picture of {}",
    "photo of {}",
    "draw {}",
    "please draw {}",
    "draw me {}",
    "paint {}",
    "show me {}",
    "i want {}",
    "make {}",
)
ENDINGS = (", high quality", ", detailed", ", beautiful", ", cute", ", colorful", ", please", ".", "!")
SIZES = {"small": ("small", "little", "tiny"), "big": ("big", "large", "huge", "giant")}
NUMBERS = {1: ("one", "1"), 2: ("two", "2"), 3: ("three", "3"), 4: ("four", "4")}

# {0} and {1}: the two things, with or without an article; {2} and {3}: their bare names; {4}: the place or nothing.
BESIDE = (
    "{0} to the left of {1}",
    "{0} to the left of {1}",
    "{0} left of {1}",
    "{0} on the left of {1}",
    "{0} on the left, {1} on the right",
    "{0} on the left and {1} on the right",
    "{1} to the right of {0}",
    "{1} on the right of {0}",
    "{1} right of {0}",
    "{0} and {1}",
    "{0} next to {1}",
    "{0} beside {1}",
    "{0} and {1} side by side",
    "{0} standing next to {1}",
)
ABOVE = (
    "{0} above {1}",
    "{0} above {1}",
    "{0} over {1}",
    "{0} on top of {1}",
    "{1} below {0}",
    "{1} under {0}",
    "{1} beneath {0}",
    "{1} with {0} above it",
    "{0} at the top and {1} at the bottom",
    "{0} flying over {1}",
)
WITH = ("{0} with {1}", "{0} with {1}", "{0} and {1}", "{0} with a small {3}", "a big {2} and a small {3}", "{0} with {1} in front of it")
BEHIND = ("{1} in front of {0}", "a small {3} in front of a big {2}", "{0} behind {1}")
HOLD = ("{0}{4} holding {1}", "{0} is holding {1}{4}", "{0} holds {1}{4}", "{0}{4} holding a small {3}", "{0}{4} carrying {1}")
PLAY_WITH = ("{0}{4} playing with {1}", "{0} is playing with {1}{4}", "{0} plays with {1}{4}")
PLAY = (
    "{0} is playing {3}{4}",
    "{0} playing {3}{4}",
    "{0} playing {1}{4}",
    "{0} is playing {1}{4}",
    "{0} playing the {3}{4}",
    "{0} plays {3}{4}",
    "{0} plays the {3}{4}",
    "{0}{4} playing {3}",
    "{0}{4} is playing {1}",
)
PLAY_GAME = ("{0} playing {3}{4}", "{0} is playing {3}{4}", "{0} plays {3}{4}", "{0}{4} playing {3}")
EAT = ("{0} eating {1}{4}", "{0} is eating {1}{4}", "{0} eats {1}{4}", "{0}{4} eating {1}", "{0}{4} eating {3}")
DRINK = ("{0} drinking {1}{4}", "{0} is drinking {1}{4}", "{0} drinks {1}{4}", "{0}{4} drinking {1}")
WEAR = ("{0} wearing {1}{4}", "{0} is wearing {1}{4}", "{0}{4} wearing {1}")
IN_PLACE = ("{0} {1}", "{0} {1}", "{0} {1}", "{0} {1}", "{0} {1}", "{0} {1}", "{0}, {1}", "{1}, {0}", "{1} {0}", "{0}, {2}", "{2}, {0}")
IN_COLOUR = ("{0} {1}", "{0} {1}", "{0} {1}", "{0} against {3}", "{0} with {3}", "{0}, {2}", "{0}, {2}", "{2}, {0}", "{0} {2}")
UNIQUE = ("sun", "moon")
PLAIN_WORDS = "a an the some one there is are it its view of and"

_VOWEL = re.compile(r"(?!uni|use|ut|eu|one|uk|ufo)[aeiou]|hour|x-ray", re.IGNORECASE)
_IRREGULAR = {
    "man": "men",
    "mouse": "mice",
    "leaf": "leaves",
    "knife": "knives",
    "wolf": "wolves",
    "tooth": "teeth",
    "foot": "feet",
    "goose": "geese",
    "child": "children",
    "person": "people",
    "fish": "fish",
    "sheep": "sheep",
    "deer": "deer",
    "hero": "heroes",
}
_UNCOUNTED = frozenset(
    (
        "luggage",
        "lightning",
        "confetti",
        "cash",
        "dynamite",
        "salt",
        "juice",
        "soup",
        "stew",
        "yarn",
        "wool",
        "thread",
        "rope",
        "mail",
        "mahjong",
        "hanafuda",
        "cutlery",
        "French bread",
        "toilet paper",
        "applause",
        "paper",
        "wood",
    )
)
_NO_ARTICLE = frozenset(("mountains", "woods", "clouds", "sand dunes", "outer space", "rain"))


def caption(scene: Scene, chance: Random) -> str:
    """Return what an English speaker might type for this scene."""
    draw = chance.random
    if scene.arrangement is Arrangement.ALONE_GROUND:
        text = _place(scene.ground, chance)
    elif scene.arrangement is Arrangement.ONE:
        text = _one(scene.things[0], chance, scene.size)
        text = _placed(f"there is {text}" if draw() < 0.03 and text[:2] in ("a ", "an") else text, scene.ground, chance)
    elif scene.arrangement is Arrangement.SEVERAL:
        text = _several(scene, chance)
        text = _placed(f"there are {text}" if draw() < 0.03 else text, scene.ground, chance)
    else:
        text = _pair(scene, chance)
    return text + _pick(ENDINGS, draw()) if draw() < 0.06 else text


@cache
def article(noun: str) -> str:
    """The noun with its indefinite article: "an owl", "a unicorn"."""
    return f"an {noun}" if _VOWEL.match(noun) else f"a {noun}"


def one_of(thing: Thing) -> str:
    """One thing with its article: "a mouse", "the moon", "a pair of glasses", "a bunch of grapes"; mass nouns without."""
    if thing.en in UNIQUE:
        return f"the {thing.en}"
    if not is_mass(thing):
        return article(thing.en)
    holder, of, _ = thing.plural.partition(" of ")
    return article(f"{_singular(holder)}{of}{thing.en}") if of else thing.en


def is_mass(thing: Thing) -> bool:
    """Whether the noun takes no article because it is counted in pieces or pairs."""
    return not thing.plural or thing.plural.endswith(f" of {thing.en}")


@cache
def plural(noun: str) -> str:
    """The plural of a noun by rule; of the first noun in "slice of pizza"."""
    head = re.split(r" (?:of|with|in|on) ", noun, maxsplit=1)[0]
    rest = noun.removeprefix(head)
    for one, many in _IRREGULAR.items():
        if head.endswith(one):
            return head.removesuffix(one) + many + rest
    if re.search(r"[^aeiou]y$", head):
        return f"{head[:-1]}ies{rest}"
    return f"{head}es{rest}" if head.endswith(("s", "x", "z", "ch", "sh")) else f"{head}s{rest}"


def words(tier: int) -> Iterator[str]:
    """All strings that captions of things up to this tier are made of."""
    yield from (PLAIN_WORDS, *LOOKS, *MOODS, *OPENINGS, *ENDINGS, *BESIDE, *ABOVE, *WITH, *BEHIND, *HOLD, *PLAY_WITH, *PLAY, *PLAY_GAME)
    yield from (*EAT, *DRINK, *WEAR, *IN_PLACE, *IN_COLOUR)
    for group in (*SIZES.values(), *NUMBERS.values()):
        yield from group
    for ground in GROUNDS.values():
        yield from (*ground.en, *ground.en_names)
    for thing in things(tier):
        yield from (thing.en, thing.plural, one_of(thing), *thing.en_others)
        yield from () if is_mass(thing) else map(plural, set(thing.en_others) - _UNCOUNTED)


def _pick(options: tuple[str, ...], at: float) -> str:
    return options[int(at * len(options))]


def _singular(holder: str) -> str:
    return {"bunches": "bunch", "loaves": "loaf", "glasses": "glass", "boxes": "box", "dishes": "dish"}.get(holder, holder[:-1])


def _noun(thing: Thing, draw: Callable[[], float]) -> str:
    return _pick(thing.en_others, draw()) if thing.en_others and draw() < 0.15 else thing.en


def _one(thing: Thing, chance: Random, size: str | None = None) -> str:
    draw = chance.random
    noun = _noun(thing, draw)
    if size and draw() < 0.9:
        noun = f"{_pick(SIZES[size], draw())} {noun}"
    if draw() < 0.1:
        noun = f"{_pick(LOOKS, draw())} {noun}"
    manner = draw()
    if is_mass(thing) or noun in _UNCOUNTED:
        return one_of(thing) if manner < 0.4 else f"some {noun}" if manner < 0.5 and thing.plural else noun
    if manner < 0.66:
        return article(noun)
    return noun if manner < 0.88 else f"the {noun}" if manner < 0.95 else f"{_pick(NUMBERS[1], draw())} {noun}"


def _several(scene: Scene, chance: Random) -> str:
    draw, thing = chance.random, scene.things[0]
    noun = thing.plural
    if thing.en_others and not is_mass(thing) and draw() < 0.15 and (other := _pick(thing.en_others, draw())) not in _UNCOUNTED:
        noun = plural(other)
    if draw() < 0.1:
        noun = f"{_pick(LOOKS, draw())} {noun}"
    return f"{NUMBERS[scene.count][draw() < 0.2]} {noun}"


def _pair(scene: Scene, chance: Random) -> str:
    draw, (first, second) = chance.random, scene.things
    template = _pick(_relation(scene, chance), draw())
    where = ""
    if "{4}" in template and not scene.ground.is_colour:
        where = f" {_pick(scene.ground.en, draw())}"
    one, other = _one(first, chance), _one(second, chance)
    bare = second.en if "a small" in template or "a big" in template else _noun(second, draw)
    if "a small {3}" in template and is_mass(second):
        template = template.replace("a small {3}", "{1}")
    if "a big {2}" in template and is_mass(first):
        template = template.replace("a big {2}", "{0}")
    text = template.format(one, other, first.en, bare, where)
    return _opened(text, draw) if where else _placed(text, scene.ground, chance)


def _relation(scene: Scene, chance: Random) -> tuple[str, ...]:
    if scene.arrangement is not Arrangement.WITH:
        return BESIDE if scene.arrangement is Arrangement.BESIDE else ABOVE
    (large, small), at = scene.things, chance.random()
    if large.kind not in PLAYERS:
        return WITH if at < 0.6 else BEHIND
    match small.kind:
        case "music" if at < 0.75:
            return PLAY
        case "food" if at < 0.5:
            return DRINK if small.measure in DRINK_MEASURES else EAT
        case "sport" if at < 0.6:
            return PLAY_GAME if small.en.endswith("ball") and at < 0.4 else PLAY_WITH
        case "clothing" if at < 0.4:
            return WEAR
        case "building" | "nature" | "vehicle":
            return WITH if at < 0.8 else BEHIND
        case "animal" | "person":
            return PLAY_WITH if at < 0.4 else WITH
    return HOLD if chance.random() < 0.55 else WITH


def _placed(text: str, ground: Ground, chance: Random) -> str:
    """Add the place, in 93 % of the cases."""
    draw = chance.random
    text = _opened(text, draw)
    if draw() < 0.07:
        return text
    manner = _pick(IN_COLOUR if ground.is_colour else IN_PLACE, draw())
    name = _pick(ground.en_names, draw())
    return manner.format(text, _pick(ground.en, draw()), name, article(name))


def _opened(text: str, draw: Callable[[], float]) -> str:
    return _pick(OPENINGS, draw()).format(text) if draw() < 0.07 and not text.startswith("there") else text


def _place(ground: Ground, chance: Random) -> str:
    draw = chance.random
    noun = _pick(ground.en_names, draw())
    name = noun
    if draw() < 0.65:
        moods = chance.sample(MOODS, 2) if draw() < 0.25 else (_pick(MOODS, draw()),)
        name = " ".join((*moods, noun))
    manner = draw()
    if noun not in _NO_ARTICLE and manner >= 0.25:
        name = article(name) if manner < 0.8 else f"the {name}" if manner < 0.95 else f"view of {article(name)}"
    return _opened(name, draw)
