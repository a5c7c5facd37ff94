"""Chinese captions: "三只熊猫在雪地里", "老鼠在弹吉他", "一个红苹果，蓝色背景"."""

from collections.abc import Callable, Iterator
from random import Random

from .world import DRINK_MEASURES, GROUNDS, PLAYERS, Arrangement, Ground, Scene, Thing, things

# Words people add that do not change the picture.
LOOKS = ("可爱的", "漂亮的", "美丽的", "好看的", "快乐的", "有趣的", "可爱", "萌萌的")
MOODS = ("美丽", "漂亮", "极乐", "宁静", "安静", "梦幻", "迷人", "壮丽", "好看", "唯美")
OPENINGS = (
    "一张{}的图片",
    "一张{}的照片",
    "一幅{}的画",
    "{}的图片",
    "{}的图",
    "画{}",
    "请画{}",
    "帮我画{}",
    "画一张{}",
    "我想要{}",
    "给我画{}",
    "生成{}",
)
ENDINGS = ("，高清", "，精美", "，可爱", "，漂亮", "。", "！", "，谢谢")
COMMAS = ("，", "，", "，", "，", ",", " ", ", ")
SIZES = {"small": ("小", "小小的", "很小的"), "big": ("大", "大大的", "很大的", "巨大的")}
NUMBERS = {1: ("一", "一", "1"), 2: ("两", "两", "2"), 3: ("三", "三", "3"), 4: ("四", "四", "4")}

# {0} and {1}: the two things, with or without a measure word; {2} and {3}: their bare names; {4}: the place; {5}: the verb.
BESIDE = (
    "{0}在{1}左边",
    "{0}在{1}的左边",
    "{0}在{1}左侧",
    "{1}在{0}右边",
    "{1}在{0}的右边",
    "{1}左边有{0}",
    "{0}右边是{1}",
    "左边是{0}，右边是{1}",
    "左边{0}右边{1}",
    "{0}和{1}",
    "{0}与{1}",
    "{0}旁边有{1}",
    "{0}在{1}旁边",
    "{0}和{1}并排",
)
ABOVE = (
    "{0}在{1}上面",
    "{0}在{1}上面",
    "{0}在{1}上方",
    "{0}在{1}的上面",
    "{1}上面有{0}",
    "{1}的上方有{0}",
    "{1}上面是{0}",
    "{1}在{0}下面",
    "{1}在{0}下方",
    "{0}下面有{1}",
    "上面是{0}，下面是{1}",
    "{0}在{1}上空",
)
WITH = ("{0}和{1}", "{0}和小{3}", "大{2}和小{3}", "{0}与{1}", "{0}前面有{1}", "{0}前面有{1}")
BEHIND = ("{1}在{0}前面", "{0}在{1}后面", "{0}前面的{3}")
DOING = ("{0}在{5}{3}", "{0}在{5}{3}", "{0}正在{5}{3}", "{0}{5}{3}", "{0}{5}{1}", "{0}{4}{5}{3}", "{0}{4}{5}{1}", "{5}{3}的{2}")
HOLDING = ("{0}{5}{1}", "{0}{5}{3}", "{0}{5}小{3}", "{0}{4}{5}{1}", "{5}{3}的{2}", "{5}{1}的{2}")
HOLD = ("拿着", "拿着", "抱着", "带着")
PLAY = {
    "guitar": "弹",
    "banjo": "弹",
    "piano": "弹",
    "drum": "敲",
    "djembe": "敲",
    "violin": "拉",
    "accordion": "拉",
    "trumpet": "吹",
    "saxophone": "吹",
    "flute": "吹",
    "horn": "吹",
    "maracas": "摇",
}
GAMES = {"football": "踢", "kite": "放"}
WEAR = {"顶": "戴着", "副": "戴着", "枚": "戴着", "件": "穿着", "双": "穿着"}
NOUN_PLACED = (
    "{2}的{0}",
    "{2}的{0}",
    "{2}的{0}",
    "{0}{1}",
    "{0}{1}",
    "{0}{1}",
    "{0}{3}{2}",
    "{0}{3}{2}",
    "{2}{3}{0}",
    "{2}有{0}",
    "{1}的{0}",
)
SENTENCE_PLACED = ("{0}{3}{2}", "{0}{3}{2}", "{2}{0}", "{2}{3}{0}", "{1}{3}{0}", "{0}{3}{1}")
COLOUR_PLACED = (
    "{0}{3}{4}",
    "{0}{3}{4}",
    "{4}{3}{0}",
    "{4}的{0}",
    "{4}上的{0}",
    "{0}{3}背景是{5}",
    "{0}{3}{5}的背景",
    "{0}{4}",
    "{0}{1}",
    "{0}{3}{1}",
)
SENTENCE_COLOUR_PLACED = ("{0}{3}{4}", "{0}{3}{4}", "{4}{3}{0}", "{0}{3}{1}", "{0}{3}背景是{5}")
GENERAL = frozenset("只头颗座朵棵根台顶枚辆把艘架")  # measure words that people replace by 个
# Words for splitting Chinese, which has no spaces, in addition to the names of things.
PARTICLES = (
    "在 的 有 是 和 与 一 两 三 四 上 里 中 下 上面 下面 上方 下方 上空 左边 右边 左侧 右侧 旁边 并排 前面 后面 前 边 时 小 大 "
    "小小 很小 大大 很大 巨大 正在 弹 敲 拉 吹 摇 踢 放 打 玩 吃 喝 演奏 拿 抱 带 戴 穿 拿着 抱着 带着 戴着 穿着 个 一片 一张 "
    "一幅 风景 图片 照片 图 画 请 帮我 给我 我 想要 生成 高清 精美 可爱 谢谢 背景"
).split()
PLACES = (
    "沙滩 海滩 海边 大海 海 海上 海洋 草地 草原 花丛 花田 夜空 夜里 夜晚 星空 日落 夕阳 黄昏 雪地 雪中 雪景 冬天 沙漠 森林 树林 "
    "太空 宇宙 城市 都市 夜景 夜色 房间 家 室内 高山 山 湖 湖泊 雨 雨天 天空 云 云海 水下 海底 海底世界 舞台 台"
).split()


def caption(scene: Scene, chance: Random) -> str:
    """Return what a Chinese speaker might type for this scene."""
    draw = chance.random
    if scene.arrangement is Arrangement.ALONE_GROUND:
        text = _place(scene.ground, chance)
    elif scene.arrangement is Arrangement.ONE:
        text = _placed(_one(scene.things[0], chance, scene.size), scene.ground, chance, NOUN_PLACED)
    elif scene.arrangement is Arrangement.SEVERAL:
        text = _placed(_several(scene, chance), scene.ground, chance, NOUN_PLACED)
    else:
        text = _pair(scene, chance)
    if draw() < 0.07:
        text = _pick(OPENINGS, draw()).format(text)
    return text + _pick(ENDINGS, draw()) if draw() < 0.05 else text


def words(tier: int) -> Iterator[str]:
    """All words that captions of things up to this tier are made of."""
    yield from (*PARTICLES, *PLACES, *MOODS)
    yield from (look.removesuffix("的") for look in LOOKS)
    for ground in GROUNDS.values():
        if ground.is_colour:
            yield from (name.removesuffix("背景") for name in ground.zh_names)
    for thing in things(tier):
        yield thing.measure
        for name in (thing.zh, *thing.zh_others):
            yield from filter(None, name.split("的"))


def _pick(options: tuple[str, ...], at: float) -> str:
    return options[int(at * len(options))]


def _noun(thing: Thing, draw: Callable[[], float]) -> str:
    return _pick(thing.zh_others, draw()) if thing.zh_others and draw() < 0.15 else thing.zh


def _described(thing: Thing, draw: Callable[[], float], size: str | None) -> str:
    noun = _noun(thing, draw)
    if size and draw() < 0.9:
        noun = _pick(SIZES[size], draw()) + noun
    return _pick(LOOKS, draw()) + noun if draw() < 0.1 else noun


def _measure(thing: Thing, well_said: bool) -> str:
    return thing.measure if well_said or thing.measure not in GENERAL else "个"


def _one(thing: Thing, chance: Random, size: str | None = None) -> str:
    draw = chance.random
    noun = _described(thing, draw, size)
    manner = draw()
    if manner < 0.45:
        return noun
    return f"{_pick(NUMBERS[1], draw())}{_measure(thing, manner < 0.92)}{noun}"


def _several(scene: Scene, chance: Random) -> str:
    draw, thing = chance.random, scene.things[0]
    return f"{_pick(NUMBERS[scene.count], draw())}{_measure(thing, draw() < 0.9)}{_described(thing, draw, None)}"


def _pair(scene: Scene, chance: Random) -> str:
    draw, (first, second), ground = chance.random, scene.things, scene.ground
    templates, verb = _relation(scene, chance)
    template = _pick(templates, draw())
    if draw() < 0.15:
        verb = verb.removesuffix("着")
    where = ""
    if "{4}" in template and not ground.is_colour:
        where = _pick(ground.zh, draw())
    text = template.format(_one(first, chance), _one(second, chance), first.zh, _noun(second, draw), where, verb)
    if where:
        return text
    return _placed(text, ground, chance, NOUN_PLACED if "的{2}" in template or "{0}和" in template else SENTENCE_PLACED)


def _relation(scene: Scene, chance: Random) -> tuple[tuple[str, ...], str]:
    """Patterns for the relation of the two things, and the verb."""
    if scene.arrangement is not Arrangement.WITH:
        return (BESIDE if scene.arrangement is Arrangement.BESIDE else ABOVE), ""
    (large, small), draw = scene.things, chance.random
    at = draw()
    if large.kind not in PLAYERS:
        return (WITH if at < 0.6 else BEHIND), ""
    match small.kind:
        case "music" if at < 0.75:
            return DOING, PLAY.get(small.en, "演奏") if at < 0.65 else "演奏"
        case "food" if at < 0.5:
            return DOING, "喝" if small.measure in DRINK_MEASURES else "吃"
        case "sport" if at < 0.6:
            return DOING, GAMES.get(small.en, "打" if small.zh.endswith("球") else "玩") if at < 0.45 else "玩"
        case "clothing" if at < 0.4 and small.measure in WEAR:
            return HOLDING, WEAR[small.measure]
        case "building" | "nature" | "vehicle":
            return (WITH if at < 0.8 else BEHIND), ""
        case "animal" | "person":
            return WITH, ""
    return (HOLDING, _pick(HOLD, draw())) if draw() < 0.55 else (WITH, "")


def _placed(text: str, ground: Ground, chance: Random, manners: tuple[str, ...]) -> str:
    """Add the place, in 93 % of the cases. {1}: "在沙滩上", {2}: "沙滩上", {3}: a comma or nothing, {4}: "蓝色背景", {5}: "蓝色"."""
    draw = chance.random
    if draw() < 0.07:
        return text
    if ground.is_colour:
        manners = COLOUR_PLACED if manners is NOUN_PLACED else SENTENCE_COLOUR_PLACED
    where, name = _pick(ground.zh, draw()), _pick(ground.zh_names, draw())
    return _pick(manners, draw()).format(text, where, where[1:], _pick(COMMAS, draw()), name, name.removesuffix("背景"))


def _place(ground: Ground, chance: Random) -> str:
    draw, name = chance.random, _pick(ground.zh_names, chance.random())
    text = name
    if draw() < 0.65:
        text = f"{''.join(chance.sample(MOODS, 2)) if draw() < 0.25 else _pick(MOODS, draw())}的{name}"
    manner = draw()
    return f"一片{text}" if manner < 0.15 else f"{text}风景" if manner < 0.25 else text
