"""Atomic file writes: write to a temporary file, check, flush, then rename.

After a kill or a failure at any moment, the file has its old content or the new one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import QT_TRANSLATE_NOOP

if sys.platform != "win32":  # there an open file cannot be deleted anyway
    import fcntl

ASIDE = ".safelight-part-"  # prefix of temporary names
NO_TMPFILE = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOSYS}
NO_LINK = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}  # errors of FAT and some network folders
_MODE = 0o666  # before the umask

GONE = QT_TRANSLATE_NOOP("Safelight", "it does not exist")
FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = QT_TRANSLATE_NOOP("Safelight", "you do not have permission")
_PROBLEMS = {
    errno.ENOSPC: QT_TRANSLATE_NOOP("Safelight", "the disk is full"),
    errno.EDQUOT: QT_TRANSLATE_NOOP("Safelight", "your disk quota is used up"),
    errno.EFBIG: QT_TRANSLATE_NOOP("Safelight", "the file is too large"),
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: QT_TRANSLATE_NOOP("Safelight", "the disk is read-only"),
    errno.ENOENT: GONE,
    errno.ENOTDIR: QT_TRANSLATE_NOOP("Safelight", "it is not a folder"),
    errno.EISDIR: QT_TRANSLATE_NOOP("Safelight", "it is a folder"),
    errno.EEXIST: QT_TRANSLATE_NOOP("Safelight", "the name is already taken"),
    errno.EIO: QT_TRANSLATE_NOOP("Safelight", "the disk reports an error"),
    errno.ENAMETOOLONG: QT_TRANSLATE_NOOP("Safelight", "the name is too long"),
}


def why(error: OSError) -> str:
    """The reason of `error` as a clause, to end a sentence with."""
    return _PROBLEMS.get(error.errno or 0, error.strerror or str(error))


def create(path: Path, data: bytes) -> None:
    """Create the file `path` and flush it to disk. Raises `FileExistsError`, never overwrites."""
    with _folder(path.parent) as folder:
        if not _create_nameless(path, data, folder):
            with _aside(path.parent, data) as aside:
                _name_if_free(aside, path)
        try:
            _sync_folder(folder)
        except OSError:
            with contextlib.suppress(OSError):  # it may not be on disk: remove it
                os.unlink(path)
            raise


def replace(path: Path, data: bytes) -> None:
    """Replace the content of the file `path` atomically."""
    with _folder(path.parent) as folder, _aside(path.parent, data) as aside:
        os.replace(aside, path)
        _sync_folder(folder)


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Callable[[str, bytes], None]]:
    """Create the folder `path` with the files that the block puts into it, atomically. Raises `FileExistsError`, never overwrites.

    The name of a file may begin with a folder and "/".
    """
    aside = path.parent / f"{ASIDE}{secrets.token_hex(8)}"
    with _folder(path.parent) as parent:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        os.mkdir(aside)
        try:
            with _folder(aside) as folder:
                if folder is not None:
                    with contextlib.suppress(OSError):  # a network folder may refuse locks; then `sweep` cannot lock it either
                        lock(folder)

                def put(name: str, data: bytes) -> None:
                    if (inner := (aside / name).parent) != aside:
                        inner.mkdir(exist_ok=True)
                    with _opened(aside / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)) as descriptor:
                        _write(descriptor, data)

                yield put
                _sync_folder(folder)
            os.rename(aside, path)  # can replace only an empty folder
            try:
                _sync_folder(parent)
            except OSError:
                shutil.rmtree(path, ignore_errors=True)
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def read(path: Path, most: int) -> bytes:
    """Read a regular file of at most `most` bytes; raises `OSError` otherwise (`EFBIG` if it is larger)."""
    with _opened(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)) as descriptor:
        kind = os.fstat(descriptor)
        if not stat.S_ISREG(kind.st_mode):  # a pipe would block
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        if kind.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        pieces = []
        left = most
        while left and (piece := os.read(descriptor, min(left, 1 << 20))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)


def move(path: Path, target: Path) -> None:
    """Rename the file `path` as `target`, which may be on another disk. Raises `FileExistsError`, never overwrites; and `OSError`."""
    with _folder(target.parent) as folder:
        try:
            _name_if_free(path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            facts = path.stat()
            create(target, read(path, facts.st_size))
            os.utime(target, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        _sync_folder(folder)
    if os.path.lexists(path):  # its name was added, not changed
        os.unlink(path)


def make_folder(folder: Path) -> None:
    """Create `folder` and its missing parents, and flush them to disk. Raises `NotADirectoryError` if one of them is a file."""
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        if folder == folder.parent:
            break
        folder = folder.parent
    for each in reversed(missing):
        try:
            os.mkdir(each)
        except FileExistsError:  # another process made it, or it is a file
            if not os.path.isdir(each):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(each)) from None
        with _folder(each.parent) as parent:
            _sync_folder(parent)


def sweep(folder: Path) -> None:
    """Remove temporary files that a kill left in `folder` and its day folders; files that another process is writing are kept."""
    for stray in [*folder.glob(f"{ASIDE}*"), *folder.glob(f"*/{ASIDE}*")]:
        whole_folder = stray.is_dir()
        with contextlib.suppress(OSError), _opened(stray, os.O_RDONLY if whole_folder else os.O_RDWR) as descriptor:
            lock(descriptor)
            shutil.rmtree(stray) if whole_folder else os.unlink(stray)


def write(descriptor: int, data: bytes) -> None:
    """Write all of `data`, also if the system writes less than asked at a time."""
    rest = memoryview(data)
    while rest:
        written = os.write(descriptor, rest)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]


def lock(descriptor: int, shared: bool = False) -> None:
    """Lock the file for writing, or for reading if `shared`; `BlockingIOError` if another process holds a conflicting lock."""
    if sys.platform != "win32":
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def _create_nameless(path: Path, data: bytes, folder: int | None) -> bool:
    """Write an unnamed file and link it as `path`; return False if the system does not support that (Linux only)."""
    if folder is None or not hasattr(os, "O_TMPFILE") or not os.path.isdir("/proc/self/fd"):
        return False
    try:
        descriptor = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, _MODE)
    except OSError as error:
        if error.errno in NO_TMPFILE:
            return False
        raise
    with _closing(descriptor):
        _write(descriptor, data)
        try:
            os.link(f"/proc/self/fd/{descriptor}", path.name, dst_dir_fd=folder, follow_symlinks=True)
        except OSError as error:
            if error.errno in NO_LINK:
                return False
            raise
    return True


@contextlib.contextmanager
def _aside(folder: Path, data: bytes) -> Iterator[Path]:
    """A complete, flushed file in `folder` under a temporary name, deleted at the end unless it was renamed."""
    aside = folder / f"{ASIDE}{secrets.token_hex(8)}"
    try:
        with _opened(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)) as descriptor:
            lock(descriptor)
            _write(descriptor, data)
        yield aside
    finally:
        with contextlib.suppress(OSError):
            os.unlink(aside)


def _write(descriptor: int, data: bytes) -> None:
    write(descriptor, data)
    if os.fstat(descriptor).st_size != len(data):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    os.fsync(descriptor)  # after a failed fsync never retry: the system may have dropped the pages


def _name_if_free(aside: Path, path: Path) -> None:
    if sys.platform == "win32":
        os.rename(aside, path)  # fails where `path` exists
        return
    try:
        os.link(aside, path)
    except OSError as error:
        if error.errno not in NO_LINK:
            raise
        _rename_if_free(aside, path)


def _rename_if_free(aside: Path, path: Path) -> None:
    """Rename without replacing, for file systems without hard links."""
    library = ctypes.CDLL(None, use_errno=True)
    source, target = os.fsencode(aside), os.fsencode(path)
    if sys.platform == "darwin":
        failed = library.renamex_np(source, target, 4)  # RENAME_EXCL
    else:
        failed = library.renameat2(-100, source, -100, target, 1)  # AT_FDCWD, RENAME_NOREPLACE
    if failed:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(path))


@contextlib.contextmanager
def _folder(folder: Path) -> Iterator[int | None]:
    """Descriptor of the folder, to flush its entries; None on Windows, where that is not needed."""
    if sys.platform == "win32":
        yield None
        return
    with _opened(folder, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
        yield descriptor


def _sync_folder(folder: int | None) -> None:
    if folder is None:
        return
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network folders do not support it
            raise


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), _MODE)
    with _closing(descriptor):
        yield descriptor


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # the data is already flushed
            os.close(descriptor)
