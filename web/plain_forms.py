"""Forms without characters that no text has and PostgreSQL does not keep."""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.formparser import FormDataParser

from geogrid.errors import FieldError
from geogrid.i18n import mark as _

__all__ = ["PlainRequest"]


class _PlainParser(FormDataParser):
    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Parse the body of a request.

        Raises
        ------
        FieldError
            A text or the name of a file has a NUL; nobody types one.
        """
        stream, form, files = super().parse(*args, **kwargs)
        given = [*form.items(multi=True)]
        given += [(name, file.filename or "") for name, file in files.items(multi=True)]
        for name, text in given:
            if "\0" in name or "\0" in text:
                for _name, file in files.items(multi=True):
                    file.close()
                raise FieldError(
                    _("“{name}” has characters that cannot be kept."),
                    name=name.replace("\0", "")[:40],
                )
        return stream, form, files


class PlainRequest(Request):
    """A request whose form is refused when it holds what cannot be kept."""

    form_data_parser_class = _PlainParser
