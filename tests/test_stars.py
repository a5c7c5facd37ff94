"""Stars are kept by what a picture is, in a file that survives damage."""

from desktop.library.stars import StarsFile
from desktop.studio.stars import Stars


def test_stars_are_set_and_taken_and_said_once():
    stars, told = Stars(["a"]), []
    stars.changed.connect(lambda: told.append(stars.keys))
    stars.set(["b", "", "c"], True)
    stars.set(["b"], True)
    stars.set(["a", "c"], False)
    assert told == [{"a", "b", "c"}, {"b"}]


def test_stars_come_back_and_unknown_values_stay(tmp_path):
    path = tmp_path / "stars.json"
    path.write_text('{"schema": 1, "values": {"starred": ["a", 7], "albums": [1]}}')
    file = StarsFile(path)
    keys, problem = file.load()
    assert (keys, problem) == ({"a"}, None)
    file.save(keys | {"b"})
    assert StarsFile(path).load() == (frozenset({"a", "b"}), None)
    assert '"albums"' in path.read_text()


def test_the_stars_of_a_newer_version_are_left_unchanged(tmp_path):
    path = tmp_path / "stars.json"
    path.write_text('{"schema": 2, "values": {"starred": ["a"]}}')
    file = StarsFile(path)
    keys, problem = file.load()
    assert keys == {"a"}
    assert "newer" in str(problem)
    file.save(frozenset())
    assert '"schema": 2' in path.read_text()


def test_damaged_stars_come_back_from_a_copy(tmp_path):
    path = tmp_path / "stars.json"
    StarsFile(path).save(frozenset({"a"}))
    path.write_bytes(b"{")
    keys, problem = StarsFile(path).load()
    assert keys == {"a"}
    assert "last good copy" in str(problem)
