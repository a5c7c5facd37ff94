"""Autosave: a failing disk is reported once, and nothing waits for the disk."""

import errno

from desktop.studio.autosave import Autosave
from desktop.studio.notices import Notices


class Refusing:
    """A file on a disk that is full until it is not."""

    def __init__(self) -> None:
        self.full = True
        self.kept = None

    def save(self, value):
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.kept = value


async def test_a_full_disk_is_reported_once_and_the_next_write_works(qapp):
    notices, told, file = Notices(), [], Refusing()
    notices.listen(told.append)
    autosave = Autosave(file, lambda: "typed", notices)
    await autosave.now()
    await autosave.now()
    assert [notice.values for notice in told] == [{"problem": "the disk is full"}]
    file.full = False
    await autosave.now()
    assert file.kept == "typed"
