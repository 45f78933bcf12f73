"""The upload spool cannot be escaped and forgets by age."""

from __future__ import annotations

import os

import pytest

from geogrid.store import UploadMissingError, Uploads


def test_each_upload_has_its_own_folder(tmp_path):
    uploads = Uploads(tmp_path / "uploads")
    token, folder = uploads.new()
    assert folder.is_dir()
    assert uploads.folder(token) == folder
    assert uploads.new()[0] != token


@pytest.mark.parametrize("token", ["", ".", "..", "../x", "0" * 31, "0" * 33, "A" * 32, "0" * 32])
def test_nothing_but_an_upload_can_be_asked_for(tmp_path, token):
    (tmp_path / "x").mkdir()
    uploads = Uploads(tmp_path / "uploads")
    uploads.new()
    uploads.discard(token)
    with pytest.raises(UploadMissingError):
        uploads.folder(token)
    assert (tmp_path / "x").is_dir()


def test_a_trailing_newline_is_no_token(tmp_path):
    uploads = Uploads(tmp_path)
    token, _folder = uploads.new()
    with pytest.raises(UploadMissingError):
        uploads.folder(token + "\n")


def test_old_uploads_expire(tmp_path):
    uploads = Uploads(tmp_path)
    old, folder = uploads.new()
    new, _folder = uploads.new()
    os.utime(folder, (1000, 1000))
    assert uploads.expire(before=2000) == 1
    assert uploads.folder(new).is_dir()
    with pytest.raises(UploadMissingError):
        uploads.folder(old)


def test_expiring_before_the_first_upload_is_fine(tmp_path):
    assert Uploads(tmp_path / "none").expire(before=0) == 0


def test_discarding(tmp_path):
    uploads = Uploads(tmp_path)
    token, folder = uploads.new()
    (folder / "file.csv").write_text("x")
    uploads.discard(token)
    uploads.discard(token)
    assert not folder.exists()
