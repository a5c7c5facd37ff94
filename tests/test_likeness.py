"""Which pictures count as made alike."""

from desktop.library.gallery_index import Item
from desktop.library.likeness import Likeness, alike


def item(id: int, prompt: str = "a fox in the snow", seed: int = 1, model: str = "starter", has_recipe: bool = True) -> Item:
    return Item(id, b"", 0, 0, 0.0, 8, 8, str(id), prompt=prompt, seed=seed, model=model, has_recipe=has_recipe)


def test_each_item_is_in_its_strongest_group_and_in_order():
    origin = item(1)
    others = [
        item(2, seed=2),
        item(3, "an owl", seed=1),
        item(4, "a red fox in the snow", seed=9),
        item(5, "a castle", seed=8),
        item(6, "an owl", seed=1, model="dreams"),
        item(7, has_recipe=False),
        item(8),
    ]
    groups = alike(origin, [origin, *others])
    assert {likeness: [each.id for each in found] for likeness, found in groups.items()} == {
        Likeness.SAME: [1],
        Likeness.PROMPT: [2, 8],
        Likeness.NOISE: [3],
        Likeness.WORDS: [4],
    }


def test_chinese_prompts_are_compared_without_spaces():
    groups = alike(item(1, "夜空下的一只狐狸"), [item(2, "夜空下的狐狸", seed=2), item(3, "红苹果在桌子上", seed=3)])
    assert [each.id for each in groups[Likeness.WORDS]] == [2]
    assert Likeness.PROMPT not in groups


def test_a_picture_without_a_recipe_is_like_none():
    assert alike(item(1, "", has_recipe=False), [item(2, "")]) == {}
