"""The command ``cleanpage``: pages in, pages out, as a filter or file by file.

Exit codes: 0 all done, 1 an input failed or an output could not be written, 2 the command or a rule is wrong,
130 interrupted.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import click

from cleanpage import __version__
from cleanpage.errors import RuleError
from cleanpage.kinds import KINDS, PRESETS
from cleanpage.messages import message

__all__ = ["command", "main"]

DONE: Final = 0
FAILED: Final = 1
WRONG: Final = 2
INTERRUPTED: Final = 130

_NEW_OBJECTS: Final = 200_000
"""How many more objects there must be for the garbage collector to come; what a page needs is a fraction of it."""

_WORKSHOP: Final = {
    "check": "check",
    "fresh": "fresh",
    "learn": "learn",
    "list": "list_",
    "new": "new",
    "test": "test",
}
"""The commands of ``cleanpage rules`` and their modules in `cleanpage.workshop`; each has a click command `command`."""


def command() -> int:
    """The command as a process of its own, which exits with the code that is returned.

    What a start loads is there until the end. So that Python's garbage collector does not look through it again and
    again, it comes after more new objects than usual, and not at the end: that takes a seventh off a short run.
    """
    gc.set_threshold(_NEW_OBJECTS)
    code = main()
    gc.freeze()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on `arguments`, by default those of the process; returns the exit code.

    Whatever goes wrong is told in a line on standard error, never by a traceback; ``CLEANPAGE_TRACEBACK=1`` in the
    environment shows it.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        return _dispatch(arguments)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except RuleError as error:
        return _fail(error, WRONG)
    except Exception as error:
        return _fail(error, FAILED)


def _dispatch(arguments: Sequence[str]) -> int:
    """The first word ``rules`` is the command for rule files; a page of that name is ``./rules``."""
    if arguments[:1] == ["rules"]:
        code = _rules.main(arguments[1:], prog_name="cleanpage rules", standalone_mode=False)
    else:
        code = _clean.main(arguments, prog_name="cleanpage", standalone_mode=False)
    return code if isinstance(code, int) else DONE


def _fail(error: Exception, code: int) -> int:
    told = message(error)
    if told:
        click.echo(f"cleanpage: {told}", err=True)
    return code


def _kinds(_: click.Context, parameter: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Kinds given one by one or with commas between them."""
    names = tuple(name.strip() for value in values for name in value.split(",") if name.strip())
    for name in names:
        if name not in KINDS:
            raise click.BadParameter(f"{name!r} is no kind; there are {', '.join(KINDS)}", param=parameter)
    return names


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Rule files are checked, tested and made with: cleanpage rules --help"
    " (a page in a file called rules is ./rules).",
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("-u", "--url", metavar="URL", help="Address of the page; picks the rules of its site.")
@click.option("-r", "--rules", multiple=True, metavar="PATH", help="Rule file, filter list, or folder; repeatable.")
@click.option("--preset", type=click.Choice(sorted(PRESETS)), default="article", show_default=True, help="What goes.")
@click.option("--only", multiple=True, metavar="KIND", callback=_kinds, help="Cut these kinds only.")
@click.option("--skip", multiple=True, metavar="KIND", callback=_kinds, help="Leave these kinds in.")
@click.option("-o", "--output", metavar="PATH", help="Write here; for several files a folder.")
@click.option("-i", "--in-place", is_flag=True, help="Write each page over its file.")
@click.option("--encoding", metavar="LABEL", help="What the server said of the encoding, such as windows-1251.")
@click.option("--explain", is_flag=True, help="List on standard error what went, by which rule.")
@click.option("--report", metavar="FILE", help="Write what went, and what was found but stayed, as JSON.")
@click.option("--why", metavar="TEXT", help="Say which rule took this sentence, instead of writing the page.")
@click.option("--preview", metavar="FILE", help="Write the page with what goes marked in it, as HTML to look at.")
@click.option("--text", "form", flag_value="text", help="The input is plain text or Markdown (as is *.txt, *.md).")
@click.option("--html", "form", flag_value="html", help="The input is HTML, whatever it is called.")
@click.option("--jsonl", "records", flag_value="jsonl", help="The input is JSON Lines, one page a line.")
@click.option("--csv", "records", flag_value="csv", help="The input is CSV, one page a record.")
@click.option("--parquet", "records", flag_value="parquet", help="The input is Parquet, one page a row.")
@click.option("--field", metavar="NAME", help="Field of a record that holds the page.  [default: text]")
@click.option("--url-field", metavar="NAME", help="Field of a record that holds its address.")
@click.version_option(__version__, prog_name="cleanpage")
@click.pass_context
def _clean(context: click.Context, /, **options: Any) -> int:
    """Give scraped HTML back without its clutter: banners, boxes, menus, footers.

    Reads each FILE, or standard input, and writes the page to standard output: what is not cut stays byte for byte as
    it came.

    \b
      cleanpage < page.html > clean.html
      cleanpage page.html --url https://www.salon.com/2025/08/08/story/ --explain
      cleanpage pages/*.html -o cleaned/
    """
    from cleanpage.order import Order
    from cleanpage.run import run

    if not options["files"] and sys.stdin is not None and sys.stdin.isatty():
        click.echo(context.get_help())
        return WRONG
    return run(Order(**options))


class _Workshop(click.Group):
    """Commands whose modules are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in sorted(_WORKSHOP) if _module(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _module(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return command


def _module(name: str) -> str | None:
    """The module of a command of ``cleanpage rules``; None where there is none."""
    if name not in _WORKSHOP or find_spec("cleanpage.workshop") is None:
        return None
    module = f"cleanpage.workshop.{_WORKSHOP[name]}"
    return module if find_spec(module) else None


@click.group(cls=_Workshop, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def _rules() -> None:
    """Check, test, write and refresh rule files.

    To clean a page in a file called rules, write: cleanpage ./rules
    """
