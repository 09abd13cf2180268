"""Rules written down: the text of a rule file, as somebody would write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import count

from cleanpage.model import Action, Range, Reach, Rule, RuleTest

__all__ = ["evidence_text", "file_head", "proof_text", "rule_id", "rule_text"]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORD = re.compile(r"[a-z0-9]+")


def file_head(sites: Sequence[str], title: str = "", checked: str = "") -> str:
    """The top of a rule file.

    >>> print(file_head(["example.com"], checked="2026-08-22"))
    schema = 1
    sites = ["example.com"]
    checked = 2026-08-22
    <BLANKLINE>
    """
    lines = ["schema = 1"]
    lines += [f"title = {_string(title)}"] if title else []
    lines += [f"sites = {_list(sites)}"] if sites else []
    lines += [f"checked = {checked}"] if checked else []
    return "\n".join(lines) + "\n"


def rule_text(rule: Rule, *, sites: Sequence[str] = ()) -> str:
    """One rule as a ``[[rule]]`` table; `sites` where they are not those of the file.

    >>> print(rule_text(Rule(id="box", kind="promo", select=".promo", reach=Reach.BOX, why="A box.")))
    [[rule]]
    id = "box"
    kind = "promo"
    select = ".promo"
    reach = "box"
    why = "A box."
    <BLANKLINE>
    """
    lines = ["[[rule]]", f"id = {_string(rule.id.rpartition('/')[2])}", f"kind = {_string(rule.kind)}"]
    lines += [f"action = {_string(rule.action)}"] if rule.action is not Action.REMOVE else []
    lines += [f"sites = {_list(sites)}"] if sites else []
    lines += [f"select = {_string(rule.select)}"] if rule.select else []
    lines += [f"xpath = {_string(rule.xpath)}"] if rule.xpath else []
    lines += evidence_text(rule)
    lines += [f"reach = {_string(rule.reach)}"] if rule.reach is not Reach.ELEMENT else []
    lines += [f"names = {_list(rule.names)}"] if rule.names else []
    lines += [f"why = {_string(rule.why)}"] if rule.why else []
    return "\n".join(lines) + "\n"


def evidence_text(rule: Rule) -> list[str]:
    """The lines of a rule's evidence."""
    return [f"{condition.key} = {_value(condition.value)}" for condition in rule.conditions]


def proof_text(test: RuleTest) -> str:
    """One test as a ``[[test]]`` table."""
    lines = ["[[test]]"]
    lines += [f"url = {_string(test.url)}"] if test.url else []
    lines.append(f"html = {_block(test.html)}")
    lines += [f"gone = {_list(test.gone)}"] if test.gone else []
    lines += [f"kept = {_list(test.kept)}"] if test.kept else []
    return "\n".join(lines) + "\n"


def rule_id(written: str, taken: Iterable[str]) -> str:
    """An id for a rule, made of the words of its selector or phrase; none of those `taken`.

    >>> rule_id('.newsletter-box[data-x="1"]', ()), rule_id(".promo", ["promo"])
    ('newsletter-box-data-x-1', 'promo-2')
    """
    words = _WORD.findall(written.lower())[:5]
    name = "-".join(words)[:40].strip("-") or "rule"
    known = set(taken)
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(each for each in names if each not in known)


def _value(value: Range | tuple[str, ...]) -> str:
    return _string(str(value)) if isinstance(value, Range) else _list(value)


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(map(_string, items)) + "]"


def _string(text: str) -> str:
    """A basic string: what JSON escapes, and the one character more that TOML wants escaped."""
    if '"' in text and "'" not in text and not _CONTROL.search(text) and "\n" not in text:
        return f"'{text}'"
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def _block(text: str) -> str:
    """A string of several lines, as it is where it can be."""
    if "'''" in text or _CONTROL.search(text) or text.endswith("'"):
        return _string(text)
    return f"'''\n{text.rstrip()}\n'''" if "\n" in text else f"'''{text}'''"
