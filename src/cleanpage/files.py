"""Files for the command line: pages read whole within a limit, outputs written so that no half of one is ever seen."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cleanpage.errors import InputError

__all__ = ["LARGEST", "STANDARD", "opened", "read_bytes", "replacing", "write_bytes", "write_pieces"]

LARGEST: Final = 64 * 1024 * 1024
"""The largest page that is read, in bytes: cleaning takes 20 to 70 times the size of a page of memory."""

STANDARD: Final = "-"
"""Stands for standard input or output in the place of a file name."""


@contextlib.contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """A file, or standard input for "-", to be read from.

    Raises:
        InputError: it is a folder, or a closed standard input.
        OSError: it cannot be opened.
    """
    if name == STANDARD:
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file, or pipe a page in")
        yield sys.stdin.buffer
        return
    if Path(name).is_dir():
        raise InputError(f"{name} is a folder; name the files in it, and a folder for the outputs with -o")
    with open(name, "rb") as stream:
        yield stream


def read_bytes(name: str, limit: int = LARGEST) -> bytes:
    """The content of a file, or of standard input for "-".

    Raises:
        InputError: it is a folder, or larger than `limit` bytes.
        OSError: it cannot be read.
    """
    with opened(name) as stream:
        if name != STANDARD and os.fstat(stream.fileno()).st_size > limit:
            raise _too_large(name, limit)
        return _read(stream, "standard input" if name == STANDARD else name, limit)


def _read(stream: BinaryIO, name: str, limit: int) -> bytes:
    """Read to the end; in pieces, for what a pipe will send is not known beforehand."""
    pieces, left = [], limit
    while piece := stream.read(1 << 20):
        left -= len(piece)
        if left < 0:
            raise _too_large(name, limit)
        pieces.append(piece)
    return b"".join(pieces)


def _too_large(name: str, limit: int) -> InputError:
    return InputError(
        f"{name} is larger than {limit:,} bytes; a page is cleaned as a whole, so split the file into its pages"
    )


def write_bytes(name: str, data: bytes) -> None:
    """Write `data` to a file, or to standard output for "-"; see `write_pieces`."""
    write_pieces(name, (data,))


def write_pieces(name: str, pieces: Iterable[bytes]) -> None:
    """Write pieces, as they come, to a file or to standard output ("-").

    A file is replaced in one step when all of it is on the disk: until then, and whenever anything goes wrong, it
    keeps its old content. A link stays a link, and permissions stay.

    Raises:
        OSError: it cannot be written.
    """
    if name == STANDARD:
        _write_standard(pieces)
    elif _is_device(name):
        with open(name, "wb") as stream:
            stream.writelines(pieces)
    else:
        with replacing(name) as path, open(path, "wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())


def _is_device(name: str) -> bool:
    path = Path(name)
    return path.exists() and not path.is_file()


def _write_standard(pieces: Iterable[bytes]) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed", "standard output")
    for piece in pieces:
        _put(piece)


def _put(piece: bytes) -> None:
    try:
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except OSError as error:
        _silence_output()
        raise OSError(error.errno, error.strerror, "standard output") from error


def _silence_output() -> None:
    """Keep the interpreter, when it ends, from writing once more to an output that takes nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextlib.contextmanager
def replacing(name: str) -> Iterator[Path]:
    """A new file beside `name`, to be written in the block; at its end it takes the place of `name`, or is gone.

    Raises:
        OSError: it cannot be made or put in place.
    """
    path = Path(os.path.realpath(name))
    temporary = _made_beside(path, name)
    try:
        yield temporary
        os.chmod(temporary, stat.S_IMODE(path.stat().st_mode) if path.exists() else _new_file_mode())
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _made_beside(path: Path, name: str) -> Path:
    try:
        handle, made = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from error
    os.close(handle)
    return Path(made)


def _new_file_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
