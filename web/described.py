"""What a view says of itself in the OpenAPI document and on the page made from it.

Sentences are keys of translations: mark them with :func:`geogrid.i18n.mark`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from geogrid.i18n import mark as _

__all__ = ["Described", "answer", "describe", "query", "ref"]

View = TypeVar("View", bound=Callable[..., Any])
Schema = Mapping[str, Any]
JSON = "application/json"


@dataclass(frozen=True)
class Described:
    """One operation.

    Attributes
    ----------
    summary, more
        A sentence, and others.
    parameters
        Of the query and the header; see :func:`query`.
    body
        Media type to schema.
    answers
        Status to what is answered when all is well; see :func:`answer`.
    problems
        Statuses of problems besides those that any operation may answer with.
    """

    summary: str
    more: str = ""
    parameters: Sequence[Mapping[str, Any]] = ()
    body: Mapping[str, Schema] | None = None
    answers: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    problems: Sequence[int] = ()


def describe(summary: str, **more: Any) -> Callable[[View], View]:
    """Attach a :class:`Described` to a view, below ``@requires``."""

    def decorate(view: View) -> View:
        view.described = Described(summary, **more)  # type: ignore[attr-defined]
        return view

    return decorate


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema of :mod:`web.v1.schemas`."""
    return {"$ref": f"#/components/schemas/{name}"}


def query(
    name: str, schema: Schema, said: str, *, required: bool = False, where: str = "query"
) -> dict[str, Any]:
    """Return a parameter."""
    return {
        "in": where, "name": name, "schema": schema, "description": said, "required": required,
    }  # fmt: skip


def answer(
    schema: Schema | None = None,
    said: str = _("The answer."),
    *,
    kind: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what is answered: a schema (None for no body), in words, and headers in words."""
    found: dict[str, Any] = {"description": said}
    if schema is not None:
        found["content"] = {kind: {"schema": schema}}
    if headers:
        found["headers"] = {
            name: {"description": words, "schema": {"type": "string"}}
            for name, words in headers.items()
        }
    return found
