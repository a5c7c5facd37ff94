"""The record file under truncation, flipped bits, power cuts, failing and short system calls, and two writers."""

import contextlib
import errno
import os
import random
import struct
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.library import records
from desktop.library.records import Appender, DamagedRecord, NewerRecords, NotRecords, Start, begins, contents, opened, payload, whole

START = Start.of(3, b"sixteen letters.")
FIRST = (1, 0, b"how it began")
BATCHES = [[(2, number, bytes([number]) * 9), (3, number, b"x" * number)] for number in range(1, 5)]
WRITTEN = [FIRST, *(entry for batch in BATCHES for entry in batch)]
ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT)


def made(path: Path, closed: bool = False) -> bytes:
    """A file of `WRITTEN`; its bytes."""
    path.unlink(missing_ok=True)
    records.create(path, START, FIRST)
    appender = Appender(path, START)
    for batch in BATCHES:
        appender.append(batch)
    if closed:
        appender.finish()
    appender.close()
    return path.read_bytes()


def found(path: Path) -> list[tuple[int, int, bytes]]:
    """What can be read."""
    with opened(path) as file:
        start = begins(file, START.version)
        listed = contents(file, start)
        read = []
        for record in listed or whole(file, start):
            try:
                read.append((record.kind, record.number, payload(file, record)))
            except DamagedRecord:
                assert listed  # only a closed file is believed unseen
        return [entry for entry in read if entry[0] != records.CONTENTS]


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_written_is_read(tmp_path, closed):
    made(tmp_path / "file", closed)
    assert found(tmp_path / "file") == WRITTEN


def test_a_closed_file_can_be_reopened_appended_and_closed_again(tmp_path):
    made(tmp_path / "file", closed=True)
    appender = Appender(tmp_path / "file", START)
    appender.append([(4, 0, b"more")])
    assert found(tmp_path / "file") == [*WRITTEN, (4, 0, b"more")]
    appender.finish()
    appender.close()
    assert found(tmp_path / "file") == [*WRITTEN, (4, 0, b"more")]
    with opened(tmp_path / "file") as file:
        assert len(contents(file, START)) == len(WRITTEN) + 3


@pytest.mark.slow
@pytest.mark.parametrize("closed", [False, True])
def test_a_file_cut_at_any_byte_keeps_whole_records_and_can_be_appended(tmp_path, closed):
    path, known = tmp_path / "file", 0
    data = made(path, closed)
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        try:
            read = found(path)
        except NotRecords:
            assert size < 38
            continue
        assert read == WRITTEN[: len(read)]
        assert len(read) >= known  # the more there is, the more is read
        known = len(read)
        appender = Appender(path, START)
        appender.append([(9, 9, b"gone on")])
        appender.close()
        assert found(path) == [*read, (9, 9, b"gone on")]
    assert known == len(WRITTEN)


@pytest.mark.parametrize("closed", [False, True])
def test_with_a_bit_flipped_in_any_byte_nothing_wrong_is_read(tmp_path, closed):
    path, losses, dice = tmp_path / "file", 0, random.Random(7)
    data = made(path, closed)
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        try:
            read = found(path)
        except (NotRecords, NewerRecords):
            assert place < 38
            continue
        assert [entry for entry in WRITTEN if entry in read] == read
        losses += len(WRITTEN) - len(read)
    assert losses > 0


def test_a_record_from_another_place_or_another_file_is_refused(tmp_path):
    path = tmp_path / "file"
    data = made(path)
    with opened(path) as file:
        all_records = whole(file, START)
    pieces = [data[record.offset - 16 : record.end] for record in all_records]
    head = data[: all_records[0].offset - 16]
    for order in ([0, 2, 1], [0, 1, 1], [0, 3], [1], [0, 1, 2, 3, 4, 5, 6, 8, 7]):
        path.write_bytes(head + b"".join(pieces[place] for place in order))
        kept = next((number for number, place in enumerate(order) if number != place), len(order))
        assert found(path) == WRITTEN[:kept]
    path.write_bytes(Start.of(3, b"another file.   ").packed() + b"".join(pieces))
    assert found(path) == []


def test_a_length_beyond_the_file_is_not_believed(tmp_path):
    path = tmp_path / "file"
    data = made(path)
    with opened(path) as file:
        last = whole(file, START)[-1]
    forged = struct.pack("<BxHII", 3, 5, 2**32 - 1, 0)
    path.write_bytes(data + forged + struct.pack("<I", crc32(forged, last.chain)) + b"little")
    assert found(path) == WRITTEN
    path.write_bytes(data + struct.pack("<I", 2**32 - 1))  # as if contents of 4 GB lay before it
    assert found(path) == WRITTEN


@pytest.mark.slow
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("append"), st.integers(0, 5000)),
            st.tuples(st.just("cut"), st.integers(0, 400)),
            st.tuples(st.just("zeros"), st.integers(1, 9000)),
            st.tuples(st.just("lost page"), st.integers(0, 400)),
            st.tuples(st.just("close"), st.just(0)),
            st.tuples(st.just("reopen"), st.just(0)),
        ),
        max_size=25,
    )
)
def test_records_before_a_damaged_end_stay_readable(tmp_path_factory, doings):
    """A model: the entries with where each ends. A crash takes what lies behind a place; a power cut leaves zeros there."""
    path = tmp_path_factory.getbasetemp() / "hypothesis.records"
    path.unlink(missing_ok=True)
    records.create(path, START, FIRST)
    held = [(FIRST, path.stat().st_size)]
    appender = Appender(path, START)
    for number, (doing, amount) in enumerate(doings):
        if doing == "append":
            entry = (2, number, random.Random(amount).randbytes(amount))
            appender.append([entry])
            held.append((entry, path.stat().st_size))
            continue
        if doing == "close":
            appender.finish()
        appender.close()
        size = path.stat().st_size
        if doing == "cut":
            os.truncate(path, max(size - amount, 38))
        elif doing == "zeros":
            os.truncate(path, size + amount)
        elif doing == "lost page" and amount:  # written out of order: the end is there, a page before it is not
            place = max(size - 2 * amount, 38)
            with open(path, "r+b") as file:
                file.seek(place)
                file.write(bytes(min(amount, size - place)))
                size = place
            held = [(entry, end) for entry, end in held if end <= place]
            with opened(path) as file:
                if contents(file, START):  # of a closed file, which was flushed, that is damage and no power cut
                    os.truncate(path, place)
        held = [(entry, end) for entry, end in held if end <= path.stat().st_size]
        read = found(path)
        assert read[: len(held)] == [entry for entry, _ in held]
        assert len(read) <= len(held) + 1  # zeros may be what was written
        appender = Appender(path, START)
        assert found(path) == read
    appender.close()


def test_one_writes_and_others_look_on(tmp_path):
    made(tmp_path / "file")
    appender = Appender(tmp_path / "file", START)
    with opened(tmp_path / "file") as file:
        assert records.is_held(file)
    records.PATIENCE, patience = 0.05, records.PATIENCE
    try:
        with pytest.raises(BlockingIOError):
            Appender(tmp_path / "file", START)
        with pytest.raises(BlockingIOError):
            records.remove(tmp_path / "file")
    finally:
        records.PATIENCE = patience
    appender.close()
    with opened(tmp_path / "file") as one, opened(tmp_path / "file") as other:
        assert not records.is_held(one)
        assert not records.is_held(other)  # lookers do not disturb each other
    records.remove(tmp_path / "file")
    assert os.listdir(tmp_path) == []


def test_a_later_version_is_left_as_it_is(tmp_path):
    data = made(tmp_path / "file") + b"torn"
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(NewerRecords):
        Appender(tmp_path / "file", Start.of(2, START.name))
    with pytest.raises(NotRecords):
        Appender(tmp_path / "file", Start.of(3, b"another file.   "))
    assert (tmp_path / "file").read_bytes() == data
    Appender(tmp_path / "file", Start.of(4, START.name)).close()


def test_only_ordinary_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "missing"):
        with pytest.raises(OSError), opened(path):
            pass


def test_short_writes_are_carried_on(tmp_path, system):
    system(most_written=7)
    made(tmp_path / "file", closed=True)
    assert found(tmp_path / "file") == WRITTEN


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True], ids=["once", "persistent"])
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
def test_any_failing_call_leaves_whole_records(tmp_path, system, error, persistent):
    """A batch that was refused is not there, one that was taken is; once the disk has failed to flush, nothing is taken."""
    for number in range(1, 100):
        path, acknowledged = tmp_path / str(number), []
        faulty = system(fail_at=number, error=error, persistent=persistent, most_written=11)
        appender = None
        try:
            records.create(path, START, FIRST)
            acknowledged += [FIRST]
            appender = Appender(path, START)
        except OSError as problem:
            assert problem.errno == error  # noqa: PT017   it may succeed as well
        for batch in BATCHES if appender else ():
            try:
                appender.append(batch)
                acknowledged += batch
                appender.sync()
            except OSError as problem:
                assert problem.errno in (error, errno.EIO)  # noqa: PT017
                if "fsync" in faulty.failed:
                    with pytest.raises(OSError):
                        appender.append(batch)
        if appender:
            with contextlib.suppress(OSError):
                appender.finish()
            appender.close()
        system()
        if path.exists() or acknowledged:
            read = found(path)
            assert read[: len(acknowledged)] == acknowledged
            if "ftruncate" not in faulty.failed and acknowledged:  # else the first records of a batch may be left
                assert read == acknowledged
            Appender(path, START).close()
            assert found(path) == read
        if not faulty.failed:
            break
    assert number > 20
