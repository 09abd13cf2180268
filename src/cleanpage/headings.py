"""Headings that stay though a rule takes them for a label: a section of the text may be called "Sharing" or "Register".

Wordings of one or two words are labels of buttons in one place and headings in another; what stands below tells which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cleanpage.match.find import Finding
from cleanpage.page import HEADINGS
from cleanpage.structure.article import only_headline
from cleanpage.structure.structure import Structure

__all__ = ["staying_headings"]

_LABEL: Final = 2
"""Most words of a heading that may be a label by chance."""
_HEADLINE_DOUBT: Final = 0.5
"""How likely the only h1 may be clutter that counts as the page's headline."""
_MORE_LIKELY: Final = 0.5
"""How likely a paragraph below a heading may be clutter that counts as the article's."""


def staying_headings(removed: Mapping[int, Finding], structure: Structure, doubt: float) -> dict[int, Finding]:
    """Of what is to go, the page's only h1, and headings of a word or two above prose that stays.

    Only what rules without selector take counts, and of headings what is clutter with a probability of at most `doubt`.
    """
    outermost = structure.page.outermost(sorted(node for node in removed if node >= 0))
    judged = {node: finding for node, finding in removed.items() if node >= 0 and not finding.rule.is_named}
    return {
        node: finding
        for node, finding in judged.items()
        if _is_headline(node, finding, structure)
        or (_heads_prose(node, finding, structure, doubt) and not _goes_next(finding, removed, outermost, structure))
    }


def _is_headline(node: int, finding: Finding, structure: Structure) -> bool:
    """Whether a finding is the page's only h1, and no more likely clutter than not."""
    if not finding.blocks or only_headline(structure.page) != node:
        return False
    return structure.evidence.go[finding.blocks.start] <= _HEADLINE_DOUBT


def _heads_prose(node: int, finding: Finding, structure: Structure, doubt: float) -> bool:
    """Whether a finding is a heading right above a paragraph beside it that is more likely part of the article."""
    page, found = structure.page, finding.blocks
    if not found or page.tags[node] not in HEADINGS:
        return False
    blocks, go, after = structure.blocks, structure.evidence.go, found.stop
    if go[found.start] > doubt or blocks.words[found.start] > _LABEL or after == len(blocks):
        return False
    is_beside = page.parents[blocks.element[after]] == page.parents[node]
    return is_beside and structure.is_prose(after) and go[after] <= _MORE_LIKELY


def _goes_next(
    finding: Finding, removed: Mapping[int, Finding], outermost: Sequence[int], structure: Structure
) -> bool:
    """Whether the block behind a finding goes too; `outermost` are the elements of `removed` that stand in no other."""
    blocks = structure.blocks
    after = finding.blocks.stop if finding.blocks else 0
    goes = structure.page.holder(outermost, blocks.element[after]) is not None
    return goes or ~blocks.first[after] in removed
