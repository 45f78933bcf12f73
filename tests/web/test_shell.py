"""The shell: the same bytes each time, and no address of another host."""

from __future__ import annotations

import pytest
from folium.elements import JSCSSMixin
from folium.map import Marker
from folium.plugins import MarkerCluster

from geogrid.layers.grids import GridsLayer
from geogrid.layers.shell import compose_shell
from web.shell import MAPS


@pytest.mark.parametrize("kind", sorted(MAPS))
def test_shell_is_the_same_each_time(kind: str) -> None:
    assert compose_shell(MAPS[kind]()) == compose_shell(MAPS[kind]())


@pytest.mark.parametrize("kind", sorted(MAPS))
def test_shell_names_no_other_host(kind: str) -> None:
    shell = compose_shell(MAPS[kind]())
    assert "http" not in shell.script
    assert "http" not in shell.body
    assert "//" not in "".join(shell.files)


def test_element_without_a_local_file_is_refused() -> None:
    with pytest.raises(ValueError, match="has no local file"):
        compose_shell([MarkerCluster()])


def test_options_from_data_cannot_leave_the_script() -> None:
    shell = compose_shell([GridsLayer(title="</script><script>alert(1)</script>")])
    assert "</script>" not in shell.script


def test_every_folium_default_is_known() -> None:
    """A new Folium may add a link; then this names it."""
    assert issubclass(Marker, object)
    assert JSCSSMixin.default_js == []
