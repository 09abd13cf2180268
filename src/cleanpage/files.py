"""Files for the command line: pages read whole within a limit, outputs written so that no half of one is ever seen."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from cleanpage.errors import InputError

__all__ = ["LARGEST", "STANDARD", "read_bytes", "write_bytes"]

LARGEST: Final = 256 * 1024 * 1024
"""The largest page that is read, in bytes: parsed, a page takes several times its size of memory."""

STANDARD: Final = "-"
"""Stands for standard input or output in the place of a file name."""


def read_bytes(name: str, limit: int = LARGEST) -> bytes:
    """The content of a file, or of standard input for "-".

    Raises:
        InputError: it is a folder, or larger than `limit` bytes.
        OSError: it cannot be read.
    """
    if name == STANDARD:
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file, or pipe a page in")
        return _read(sys.stdin.buffer, "standard input", limit)
    if Path(name).is_dir():
        raise InputError(f"{name} is a folder; name the files in it, and a folder for the outputs with -o")
    with open(name, "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > limit:
            raise _too_large(name, limit)
        return _read(stream, name, limit)


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
    """Write `data` to a file, or to standard output for "-".

    A file is replaced in one step when all of `data` is on the disk: until then, and whenever anything goes wrong, it
    keeps its old content. A link stays a link, and permissions stay.

    Raises:
        OSError: it cannot be written.
    """
    if name == STANDARD:
        _write_standard(data)
        return
    path = Path(os.path.realpath(name))
    if path.exists() and not path.is_file():
        with open(path, "wb", buffering=0) as stream:
            stream.write(data)
        return
    try:
        _replace(path, data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from error


def _write_standard(data: bytes) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "is closed", "standard output")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        _silence_output()
        raise OSError(error.errno, error.strerror, "standard output") from error


def _silence_output() -> None:
    """Keep the interpreter, when it ends, from writing once more to an output that takes nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _replace(path: Path, data: bytes) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else _new_file_mode()
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _new_file_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
