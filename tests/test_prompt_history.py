"""The history of prompts, with the text that is being typed."""

from desktop.library.drafts import MOST_PROMPTS
from desktop.studio.prompt_history import PromptHistory


def test_older_and_newer_walk_through_the_prompts_and_back_to_what_was_typed():
    history = PromptHistory(["one", "two"])
    assert history.older("thr") == "two"
    assert history.older("two") == "one"
    assert history.older("one") == "one"
    assert history.newer("one") == "two"
    assert history.newer("two") == "thr"
    assert history.newer("thr") == "thr"


def test_a_recalled_prompt_that_is_edited_becomes_the_newest_and_the_draft_before_it_is_kept():
    history = PromptHistory(["one", "two"])
    assert history.older("draft") == "two"
    assert history.older("two, edited") == "draft"
    assert history.newer("draft") == "two, edited"
    assert history.prompts == ("one", "two", "draft")


def test_a_used_prompt_is_there_once_and_newest():
    history = PromptHistory(["one", "two"])
    history.remember("one")
    history.remember("  ")
    assert history.prompts == ("two", "one")


def test_the_prompt_just_used_is_not_offered_as_older_than_itself():
    history = PromptHistory(["one"])
    history.remember("two")
    assert history.older("two") == "one"


def test_no_more_prompts_than_are_kept():
    history = PromptHistory()
    for number in range(MOST_PROMPTS + 5):
        history.remember(str(number))
    assert len(history.prompts) == MOST_PROMPTS
    assert history.prompts[0] == "5"


def test_without_prompts_the_text_stays():
    history = PromptHistory()
    assert history.older("typed") == "typed"
    assert history.newer("typed") == "typed"
