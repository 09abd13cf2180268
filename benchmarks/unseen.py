"""Weights that have not seen a site: those that ``fit.py --folds-out`` wrote, picked by the site's fold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crossval import FOLDS, fold_of_sites

from cleanpage.structure.evidence import Weights, load_weights

__all__ = ["weights_by_site"]


def weights_by_site(sites: set[str], folds: Path | None) -> Callable[[str], Weights | None]:
    """For each site the weights fitted without it; without `folds` None, which stands for the packaged ones.

    `sites` are those that the weights were fitted on.
    """
    if folds is None:
        return lambda site: None
    fold = fold_of_sites(sites)
    known = [load_weights(folds / f"weights{k}.json") for k in range(FOLDS)]
    return lambda site: known[fold.get(site, 0)]
