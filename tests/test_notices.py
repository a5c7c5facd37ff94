"""Notices to the user, and their log entries."""

import asyncio

import pytest

from desktop.errors import FileExists
from desktop.studio.notices import NoticeKind, Notices


@pytest.fixture
def told():
    return []


@pytest.fixture
def notices(qapp, told):
    notices = Notices()
    notices.listen(told.append)
    return notices


def test_the_log_holds_no_words_of_a_prompt(notices, told, caplog):
    file = "112233-7-a {} wish.png".format("secret")  # the traceback shows lines of code
    try:
        raise FileExists(file=file)
    except FileExists as error:
        notices.report(error)
    assert "secret wish" in told[0].details
    assert "FileExists" in caplog.text
    assert "secret wish" not in caplog.text


def test_an_unexpected_error_is_reported_in_one_sentence_with_traceback_in_details(notices, told):
    notices.report(RuntimeError("the bottom fell out"))
    assert told[0].kind is NoticeKind.ERROR
    assert told[0].values == {"problem": "RuntimeError: the bottom fell out"}
    assert "Traceback" not in told[0].template
    assert "RuntimeError" in told[0].details


async def test_an_action_that_fails_is_reported(notices, told):
    async def fail():
        raise ValueError("no")

    notices.spawn(fail())
    await asyncio.sleep(0.01)
    assert told[0].kind is NoticeKind.ERROR


def test_notices_before_the_first_listener_are_kept(qapp):
    notices, late = Notices(), []
    notices.tell(NoticeKind.DONE, "early")
    notices.listen(late.append)
    notices.tell(NoticeKind.DONE, "later")
    assert [notice.template for notice in late] == ["early", "later"]


def test_what_takes_a_while_says_how_far_it_is_until_it_ends(notices, told):
    with notices.working("Exporting {file}…", file="a.gif") as progress:
        assert told[0].progress is progress
        assert told[0].kind is NoticeKind.WORKING
        progress.advance(0.5)
        assert (progress.done, progress.ended) == (0.5, False)
    assert progress.ended


def test_what_fails_has_ended_too(notices, told):
    with pytest.raises(ZeroDivisionError), notices.working("Exporting {file}…", file="a.gif"):
        raise ZeroDivisionError
    assert told[0].progress.ended
