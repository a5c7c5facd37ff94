"""vocabulary.json, which is stored with the weights: the words that the model has learned, and prompts that suit it.

{"schema": 1, "en": [word …], "zh": [word …], "prompts": {"en": [prompt …], "zh": [prompt …]}}. The words are all words of captions,
in lower case. English text is split into runs of letters and single digits, Chinese runs into the longest of these words.

"groups": {name: [{"en": "text|…", "zh": "text|…"} …]} has what can be asked for; the first text of an entry goes into a prompt, the others
mean the same. "near": {"en": {word: "text|…"}, "zh": …} has words that people type and the model does not know, and what is near to them.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from . import chinese, english
from .captions import LANGUAGES, Language, cut, words
from .world import COLOURS, DRINK_MEASURES, PLACES, PLAYERS, Thing, things

SCHEMA = 1
NEAR = Path(__file__).with_name("near.tsv")
DRAWN = 250  # prompts from patterns, after those written by hand

Texts = dict[str, str]  # texts by language, with | between them

# Besides things, colours and places: the other groups. The texts of a pair mean the same.
OTHER_GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "count": (("one", "一"), ("two", "两"), ("three", "三"), ("four", "四")),
    "size": (("small", "小"), ("tiny", "很小的"), ("big", "大"), ("huge", "巨大的")),
    "arrangement": (
        ("to the left of", "左边"),
        ("to the right of", "右边"),
        ("above", "上面"),
        ("under", "下面"),
        ("behind", "后面"),
        ("in front of", "前面"),
        ("next to", "旁边"),
        ("with", "和"),
    ),
    "action": (("playing", "演奏"), ("eating", "吃"), ("drinking", "喝"), ("holding", "拿着"), ("wearing", "戴着"), ("carrying", "带着")),
    "style": (
        ("cute", "可爱的"),
        ("beautiful", "美丽的"),
        ("happy", "快乐的"),
        ("funny", "有趣的"),
        ("pretty", "漂亮的"),
        ("blissful", "极乐"),
        ("peaceful", "宁静"),
        ("calm", "安静"),
        ("dreamy", "梦幻"),
        ("lovely", "好看的"),
        ("detailed", "精美"),
    ),
}

# Placeholders: two things, a player, an instrument and its verb, food, something that can be held, a ground.
PATTERNS: dict[Language, tuple[str, ...]] = {
    "en": (
        "{a} {where}",
        "{a} {where}",
        "{player_a} {where}",
        "two {thing.plural} {where}",
        "three {player.plural} {where}",
        "four {thing.plural} {where}",
        "{player_a} is playing the {instrument.en} {where}",
        "{player_a} eating {food_a} {where}",
        "{player_a} holding {held_a} {where}",
        "{player_a} with {a} {where}",
        "{a} to the left of {other_a} {where}",
        "{a} above {other_a} {where}",
    ),
    "zh": (
        "{where}的一{thing.measure}{thing.zh}",
        "一{thing.measure}{thing.zh}，{where}",
        "{where}的{player.zh}",
        "{where}的两{thing.measure}{thing.zh}",
        "三{player.measure}{player.zh}，{where}",
        "{where}有四{thing.measure}{thing.zh}",
        "{where}，{player.zh}在{play}{instrument.zh}",
        "{player.zh}在吃{food.zh}，{where}",
        "{where}，{player.zh}拿着{held.zh}",
        "{player.zh}和{thing.zh}，{where}",
        "{thing.zh}在{other.zh}左边，{where}",
        "{thing.zh}在{other.zh}上面，{where}",
    ),
}

PROMPTS: dict[Language, tuple[str, ...]] = {
    "en": (
        "a mouse is playing guitar",
        "a blissful beautiful beach",
        "three pandas in the snow",
        "a rocket above a castle at night",
        "a red apple on a blue background",
        "two cats at sunset",
        "an owl in the forest",
        "a sailboat on the lake",
        "a penguin in the snow",
        "a fox under the stars",
        "a whale in the ocean",
        "a unicorn among the clouds",
        "a house in the snow",
        "a cactus in the desert",
        "a lion in the desert",
        "a teddy bear at home",
        "a Christmas tree in a room",
        "a bear playing the drum in the forest",
        "a rabbit eating a carrot in a meadow",
        "a dog with a football on the grass",
        "a car to the left of a house",
        "a rainbow above a castle",
        "three balloons in the sky",
        "two butterflies in a meadow",
        "a crown on a purple background",
        "a strawberry on a pink background",
        "a rose in the rain",
        "a sunflower in a meadow",
        "four lemons on a green background",
        "a pumpkin at night",
        "a snowman holding an umbrella in the snow",
        "a dinosaur in the city",
        "a shark under water",
        "an octopus playing guitar under the sea",
        "a cat playing guitar on a stage",
        "a palm tree on the beach",
        "a volcano at sunset",
        "an elephant with a balloon in the city",
        "a frog with a crown in the rain",
        "a hamburger on a yellow background",
        "two doughnuts on a white background",
        "a bus in the city at night",
        "a beautiful sunset",
        "a peaceful lake",
        "a magical forest",
        "a starry sky",
        "the moon above a house",
        "a pig eating a watermelon at the beach",
        "an astronaut playing guitar in space",
        "a robot playing the violin on a stage",
        "a ghost with a candle in the forest",
        "a horse at sunset",
        "two dolphins in the ocean",
        "a monkey eating an orange in the forest",
        "a wizard with a crystal ball under the stars",
        "Santa Claus holding a gift in the snow",
        "a train in the mountains",
        "a helicopter in the sky",
        "a mermaid under the sea",
        "a dragon above a castle",
    ),
    "zh": (
        "老鼠在弹吉他",
        "极乐美丽的沙滩",
        "三只熊猫在雪地里",
        "夜空下的狐狸",
        "一个红苹果，蓝色背景",
        "夜里，火箭在城堡上面",
        "日落时的两只猫",
        "森林里的猫头鹰",
        "湖上的一艘帆船",
        "雪地里的一只企鹅",
        "大海里的鲸鱼",
        "云上的独角兽",
        "雪地里的房子",
        "沙漠里的仙人掌",
        "沙漠里的一只狮子",
        "房间里的圣诞树",
        "泰迪熊在家里",
        "熊在森林里敲鼓",
        "兔子在草地上吃胡萝卜",
        "一只狗和足球，草地上",
        "汽车在房子左边",
        "彩虹在城堡上方",
        "天空中的三个气球",
        "花丛中的两只蝴蝶",
        "皇冠，紫色背景",
        "一颗草莓，粉色背景",
        "雨中的玫瑰",
        "草地上的向日葵",
        "四个柠檬，绿色背景",
        "夜晚的南瓜",
        "雪人拿着雨伞，雪地里",
        "城市里的恐龙",
        "水下的鲨鱼",
        "章鱼在海底弹吉他",
        "猫在舞台上弹吉他",
        "沙滩上的棕榈树",
        "夕阳下的火山",
        "大象和气球，城市里",
        "青蛙戴着皇冠，雨中",
        "汉堡，黄色背景",
        "两个甜甜圈，白色背景",
        "夜晚的城市里有一辆公交车",
        "美丽的日落",
        "宁静的湖",
        "梦幻的森林",
        "美丽的星空",
        "月亮在房子上面",
        "猪在沙滩上吃西瓜",
        "宇航员在太空中弹吉他",
        "机器人在舞台上拉小提琴",
        "森林里的幽灵和蜡烛",
        "夕阳下的一匹马",
        "大海里的两只海豚",
        "猴子在森林里吃橙子",
        "星空下的巫师和水晶球",
        "圣诞老人拿着礼物，雪地里",
        "火车在山里",
        "直升机在天空中",
        "海底的美人鱼",
        "龙在城堡上面",
    ),
}


def vocabulary(tier: int) -> dict[str, Any]:
    """The content of vocabulary.json for a model of this tier; the best prompts first."""
    known = {language: words(language, tier) for language in LANGUAGES}
    prompts = {language: [prompt for prompt in PROMPTS[language] if _is_known(prompt, known[language])] for language in LANGUAGES}
    for language in LANGUAGES:
        drawn = dict.fromkeys(_drawn(language, tier))
        prompts[language] += [prompt for prompt in drawn if prompt not in prompts[language]]
    return {
        "schema": SCHEMA,
        **{language: sorted(known[language]) for language in LANGUAGES},
        "prompts": prompts,
        "groups": _groups(tier, known),
        "near": {language: _near(language, known[language]) for language in LANGUAGES},
    }


def _groups(tier: int, known: Mapping[Language, frozenset[str]]) -> dict[str, list[Texts]]:
    groups: dict[str, list[Texts]] = {}
    for thing in things(tier):
        entry = _entry((thing.en, *thing.en_others, thing.plural), (thing.zh, *thing.zh_others))
        groups.setdefault(thing.kind, []).append(entry)
    for name, grounds in (("colour", COLOURS), ("place", PLACES)):
        groups[name] = [_entry((*ground.en, *ground.en_names), (*ground.zh, *ground.zh_names)) for ground in grounds]
    for name, pairs in OTHER_GROUPS.items():
        groups[name] = [_entry((en,), (zh,)) for en, zh in pairs if _is_known(en, known["en"]) and _is_known(zh, known["zh"])]
    return groups


def _entry(in_english: Sequence[str], in_chinese: Sequence[str]) -> Texts:
    return {"en": _joined(in_english), "zh": _joined(in_chinese)}


def _near(language: Language, known: frozenset[str]) -> dict[str, str]:
    with NEAR.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["language"] == language]
    suggested = {row["word"]: _joined([text for text in row["known"].split("|") if _is_known(text, known)]) for row in rows}
    return {word: texts for word, texts in suggested.items() if texts and not _is_known(word, known)}


def _joined(texts: Sequence[str]) -> str:
    """Each text once, with | between them."""
    return "|".join(dict.fromkeys(filter(None, texts)))


def _is_known(prompt: str, known: frozenset[str]) -> bool:
    return all(word in known for run in cut(prompt, known) for word in run)


def _drawn(language: Language, tier: int) -> Iterator[str]:
    chance, grounds = Random(0), (*PLACES, *COLOURS)
    known = [thing for thing in things(tier) if thing.plural]
    players, instruments = _of(known, *PLAYERS), _of(known, "music")
    dishes = [thing for thing in _of(known, "food") if thing.measure not in DRINK_MEASURES]
    holdable = _of(known, "plant", "food", "music", "sport", "clothing", "tool", "thing")
    for _ in range(DRAWN):
        (thing, other), ground = chance.sample([thing for thing in known if thing.kind not in PLAYERS], 2), chance.choice(grounds)
        player, instrument, food, held = (chance.choice(group) for group in (players, instruments, dishes, holdable))
        yield chance.choice(PATTERNS[language]).format(
            thing=thing,
            other=other,
            player=player,
            instrument=instrument,
            food=food,
            held=held,
            a=english.one_of(thing),
            other_a=english.one_of(other),
            player_a=english.one_of(player),
            food_a=english.one_of(food),
            held_a=english.one_of(held),
            play=chinese.PLAY.get(instrument.en, "演奏"),
            where=ground.en[0] if language == "en" else ground.zh_names[0] if ground.is_colour else ground.zh[0].removeprefix("在"),
        )


def _of(known: Sequence[Thing], *kinds: str) -> list[Thing]:
    return [thing for thing in known if thing.kind in kinds]
