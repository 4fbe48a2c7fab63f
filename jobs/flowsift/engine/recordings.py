"""Which files a user means by FILE, DIR or GLOB, and what of a folder is left out."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from flowsift.errors import UserError

TRUTH_SUFFIX = ".truth.jsonl"
_MAGIC = re.compile(r"[*?[]")
_HIDDEN = "with names that begin with a dot"
_NOWHERE = "links that lead nowhere"
_SPECIAL = "pipes, sockets or devices"
_NOT_UTF8 = "with names that are not UTF-8"
_TRUTH = f"with names that end in {TRUTH_SUFFIX}"
# How a file begins that is compressed so that what reads it is in a jar of its own, by the jar's name.
CODECS = {"xz": b"\xfd7zXZ", "zstd-jni": b"\x28\xb5\x2f\xfd"}


class Recordings:
    """The files that TEXT names, by absolute path, each once, in the order of their paths.

    A folder is read whole, with all folders in it, but for names that begin with a dot and the truth about generated
    traffic; `names`, if there are any, are patterns of the names of files that hold records. What is named, or matches
    a pattern with a dot, is read. Raises UserError where there is nothing to read, or what is there cannot be read.
    """

    def __init__(self, text: str, names: Sequence[str] = ()) -> None:
        self._text, self._names = text, names
        self._left_out: Counter[str] = Counter()
        self._found: dict[tuple[int, int], Path] = {}
        self._entered: set[tuple[int, int]] = set()
        path = absolute(text)
        if path.is_dir():
            self._search(path)
        elif os.path.lexists(path):
            self._add_named(path)
        elif _MAGIC.search(text):
            for match in sorted(glob.glob(os.path.expanduser(text), recursive=True)):
                self._add_matched(absolute(match))
        if not self._found:
            raise self._nothing()
        self.files = sorted(self._found.values())

    @property
    def left_out(self) -> str:
        """What of a folder, or of what matches, is not read, in one line; empty if all is."""
        return ", ".join(f"{count} {why}" for why, count in self._left_out.items())

    def codecs(self) -> set[str]:
        """Names of the jars that read what is compressed; raises UserError for a file that cannot be read."""
        found = set()
        for file in self.files:
            first = _first_octets(file)
            found |= {jar for jar, magic in CODECS.items() if first.startswith(magic)}
        return found

    def _nothing(self) -> UserError:
        if self._left_out:
            return UserError(
                f"--input {self._text}: nothing there is read: {self.left_out}; "
                f"name a file, or files by a pattern, such as --input '{Path(self._text) / '*.log'}'"
            )
        return UserError(f"--input {self._text}: no such file, and no file matches")

    def _add_named(self, path: Path) -> None:
        kind = self._kind(path)
        if kind == _NOWHERE:
            raise UserError(f"--input {self._text}: the link leads to {os.readlink(path)}, which is not there")
        if kind == _SPECIAL:
            raise UserError(
                f"--input {self._text}: this is a pipe, a socket or a device, and only files can be read again after a "
                "fault; write what comes out of it into a file or a Kafka topic, and read that"
            )
        if kind is not None:
            raise UserError(f"--input {self._text}: the file's name is not UTF-8; rename it")

    def _add_matched(self, path: Path) -> None:
        if path.is_dir():
            self._search(path)
        elif path.name.endswith(TRUTH_SUFFIX):
            self._left_out[_TRUTH] += 1
        else:
            self._add_found(path)

    def _add_found(self, path: Path) -> None:
        if kind := self._kind(path):
            self._left_out[kind] += 1

    def _kind(self, path: Path) -> str | None:
        """Add a file; or why it is none."""
        try:
            state = path.stat()
        except FileNotFoundError:
            return _NOWHERE
        except OSError as error:
            raise UserError(f"--input {self._text}: {path} cannot be read: {error.strerror}") from None
        if not stat.S_ISREG(state.st_mode):
            return _SPECIAL
        try:
            str(path).encode()
        except UnicodeEncodeError:
            return _NOT_UTF8
        self._found.setdefault((state.st_dev, state.st_ino), path)
        return None

    def _search(self, folder: Path) -> None:
        for path in self._entries(folder):
            if path.name.startswith("."):
                self._left_out[_HIDDEN] += 1
            elif path.is_dir():
                self._search(path)
            elif path.name.endswith(TRUTH_SUFFIX):
                self._left_out[_TRUTH] += 1
            elif self._names and not any(fnmatchcase(path.name, name) for name in self._names):
                self._left_out[f"with names unlike {' and '.join(self._names)}"] += 1
            else:
                self._add_found(path)

    def _entries(self, folder: Path) -> Iterator[Path]:
        """What is in a folder that was not searched before: a link may lead upwards."""
        try:
            state = folder.stat()
            if (state.st_dev, state.st_ino) not in self._entered:
                self._entered.add((state.st_dev, state.st_ino))
                yield from sorted(folder.iterdir())
        except OSError as error:
            raise UserError(f"--input {self._text}: {folder} cannot be searched: {error.strerror}") from None


def absolute(text: str) -> Path:
    """The path as the user names it, from the root; links in it are kept, since they may be renewed."""
    path = Path(text).expanduser().absolute()
    return path.resolve() if ".." in path.parts else path


def watched(text: str, names: Sequence[str] = ()) -> tuple[Path, str]:
    """(folder, regular expression of the absolute paths in it) of the files that will be in DIR, or match GLOB.

    Raises UserError where there is no folder to watch.
    """
    folder, tail = absolute(text), "(?:[^/.][^/]*/)*"
    if folder.is_dir():
        tail += f"(?:{'|'.join(map(_expression, names)) or '[^/.][^/]*'})"
    else:
        parts = Path(text).expanduser().parts
        first = next((i for i, part in enumerate(parts) if _MAGIC.search(part)), None)
        if first is None:
            raise UserError(f"--input {text}: --watch-folder expects a folder that is there, or a pattern of names")
        folder = absolute(str(Path(*parts[:first])))
        if not folder.is_dir():
            raise UserError(f"--input {text}: there is no folder {folder} to watch")
        if any(part.startswith(".") for part in parts[first:-1]):
            raise UserError(f"--input {text}: a folder whose name begins with a dot is watched if it is named alone")
        tail = "/".join(map(_expression, parts[first:])).replace("**/", tail)
    return folder, f"{re.escape(str(folder).rstrip('/'))}/{tail}(?<!{re.escape(TRUTH_SUFFIX)})"


def _expression(pattern: str) -> str:
    """A regular expression, as Java and Python have it, for a pattern of a name; `**` stays as it is."""
    if pattern == "**":
        return pattern
    pieces, i = ["(?!\\.)"] if pattern[0] in "*?[" else [], 0
    while i < len(pattern):
        letter = pattern[i]
        end = pattern.find("]", i + 2)
        if letter == "[" and end > 0:
            inside = re.sub(r"([\\\[&])", r"\\\1", pattern[i + 1 : end])
            pieces.append(f"[{'^' + inside[1:] if inside[0] == '!' else inside}]")
            i = end
        else:
            pieces.append({"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter)))
        i += 1
    return "".join(pieces)


def _first_octets(file: Path) -> bytes:
    try:
        with file.open("rb", buffering=0) as opened:
            return opened.read(5)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from None
