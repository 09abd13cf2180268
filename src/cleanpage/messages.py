"""What went wrong, in a line that a user of the command line can act on."""

from __future__ import annotations

import errno
import os
import traceback

from cleanpage.errors import CleanpageError

__all__ = ["message"]


def message(error: BaseException) -> str:
    """`error` as a line; empty for a pipe whose reader has gone, who needs no telling.

    With ``CLEANPAGE_TRACEBACK`` set in the environment it is the traceback.

    >>> message(FileNotFoundError(2, "No such file or directory", "page.html"))
    'page.html: No such file or directory'
    """
    if os.environ.get("CLEANPAGE_TRACEBACK"):
        return "".join(traceback.format_exception(error)).rstrip()
    match error:
        case OSError(errno=errno.EPIPE):
            return ""
        case OSError(strerror=str(reason), filename=str(name)):
            return f"{name}: {reason}"
        case OSError(strerror=str(reason)):
            return reason
        case MemoryError():
            return "there is not enough memory for this page"
        case CleanpageError():
            return str(error)
    return f"internal error ({type(error).__name__}: {error}); please report it, with the page if you can"
