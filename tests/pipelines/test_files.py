"""A file is whole, or it is not there."""

import pytest

from satn_keras.pipelines.files import whole_file


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "folder" / "data"
    with whole_file(path) as file:
        file.write(b"first")
        file.flush()
        assert not path.exists()
    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), whole_file(path) as file:
        file.write(b"half of the new")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
