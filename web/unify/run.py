"""Unify layers in the background."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import geopandas as gpd

from geogrid.errors import GeogridError, InputError
from geogrid.i18n import mark as _
from geogrid.unify import unify_layers
from web.check.folder import CheckFolder, in_languages
from web.check.office import Office, units_near
from web.check.place import away_m
from web.check.reading import read_grids
from web.jobs import Progress, Work
from web.unify.folder import UnifyFolder
from web.unify.writing import write_unified

__all__ = ["Chosen", "choose", "unifying"]

_FEWEST = 2
_FAR_M = 20_000.0


@dataclass(frozen=True)
class Chosen:
    """What is unified: layers by name, how, and what they must fill."""

    layers: Mapping[str, CheckFolder]
    lead: str
    settings: Mapping[str, Any]
    region: CheckFolder | None


def choose(unify: UnifyFolder) -> Chosen:
    """Return what is to be unified as it was settled.

    Raises
    ------
    InputError
        There are fewer than two layers, one has no name or that of another, or a file is not
        read yet.
    """
    settings, found = unify.read()["settings"], unify.layers()
    if len(found) < _FEWEST:
        raise InputError(_("Give at least two layers to unify, each with a name."))
    names = [name for name, _check in found]
    for name, check in found:
        title = str(check.read()["title"])
        if not name:
            raise InputError(_("Give the layer in {file} a name, such as police."), file=title)
        if [other.casefold() for other in names].count(name.casefold()) > 1:
            raise InputError(_("Two layers are called {name}; rename one of them."), name=name)
        _require_read(check)
    region = unify.region() if settings["region"] == "file" else None
    if settings["region"] == "file":
        if region is None:
            raise InputError(_("Choose the file of the outline, or another answer."))
        _require_read(region)
    lead = next((name for name, check in found if check.token == settings["lead"]), names[0])
    return Chosen(dict(found), lead, settings, region)


def _require_read(check: CheckFolder) -> None:
    state = check.read()
    if not (state.get("seen") or {}).get("ready"):
        raise InputError(
            _("{file} cannot be used yet: see what is said about it, or remove it."),
            file=str(state["title"]),
        )


def unifying(unify: UnifyFolder, chosen: Chosen, office: Office) -> Work:
    """Return the work of unifying what was chosen."""

    def work(progress: Progress) -> None:
        with _explained(unify):
            layers = {name: _grids(check) for name, check in chosen.layers.items()}
            _require_together(layers, chosen.lead)
            progress(0.15)
            unified = unify_layers(
                layers,
                _region(chosen, office),
                lead=chosen.lead,
                snap_m=chosen.settings["snap_m"],
                min_area_m2=chosen.settings["min_area_m2"],
                crossings=chosen.settings["crossings"],
                units=units_near(office.units, layers[chosen.lead]),
            )
            progress(0.6)
            is_sample = office.is_sample and any(
                check.read()["origin"] == "current" for check in chosen.layers.values()
            )
            write_unified(unify, unified, layers, office, is_sample=is_sample)
            unify.write(stage="done", error=None)

    return work


@contextmanager
def _explained(unify: UnifyFolder) -> Iterator[None]:
    """Write into the state why the work did not end well."""
    try:
        yield
    except GeogridError as error:
        unify.write(stage="asking", error=in_languages(error))
    except Exception:
        unknown = GeogridError(
            _("The layers could not be unified on the server. Nothing was changed.")
        )
        unify.write(stage="asking", error=in_languages(unknown))
        raise


def _grids(check: CheckFolder) -> gpd.GeoDataFrame:
    """Return the grids of a layer, read as a person confirmed."""
    state = check.read()
    return read_grids(check, state.get("answers") or {}, float(state["seen"]["x_max"]))


def _region(chosen: Chosen, office: Office) -> gpd.GeoDataFrame | None:
    if chosen.region is not None:
        return _grids(chosen.region)
    if chosen.settings["region"] == "plan" and office.region is not None:
        return office.region
    return None


def _require_together(layers: Mapping[str, gpd.GeoDataFrame], lead: str) -> None:
    """Raise an InputError where a layer lies elsewhere, as with a wrong coordinate system."""
    boxes = {
        name: [float(edge) for edge in frame.to_crs("EPSG:4326").total_bounds]
        for name, frame in layers.items()
    }
    for name, box in boxes.items():
        away = away_m(box, boxes[lead])
        if away > _FAR_M:
            raise InputError(
                _(
                    "{layer} lies {km} km from {lead}. Choose the right coordinate system for one"
                    " of them, or remove it."
                ),
                layer=name,
                lead=lead,
                km=f"{away / 1000:,.0f}",
            )
