"""Our Java classes as a jar: Flink's own compiler makes it of files, format and functions, without a JDK."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flowsift.engine import files, format, functions
from flowsift.engine.flink.jvm import jvm
from flowsift.scratch import process_folder, scratch_folder

_FACTORIES = "flowsift.files.FilesFactory\nflowsift.format.AccountedFactory\n"
_SERVICE = "META-INF/services/org.apache.flink.table.factories.Factory"
# So that the same sources give the same jar.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@cache
def format_jar() -> Path:
    """The jar of our classes, compiled in about a second unless an earlier process has.

    It is in the user's cache, or in the folder of this process where the cache cannot be written.
    """
    java = [
        file
        for package in (files, format, functions)
        for file in sorted(Path(str(package.__file__)).parent.glob("*.java"))
    ]
    version = jvm().org.apache.flink.runtime.util.EnvironmentInformation.getVersion()
    digest = sha256("\0".join([version, *(file.read_text(encoding="utf-8") for file in java)]).encode())
    name = f"flowsift-java-{digest.hexdigest()[:16]}.jar"
    for folder in _cache_folders():
        if (folder / name).is_file():
            return folder / name
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            return _made(java, folder / name)
    return _made(java, process_folder() / name)


def _cache_folders() -> list[Path]:
    home = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("HOME") and os.path.join(os.environ["HOME"], ".cache"))
    # As the specification of XDG has it, a relative path counts for nothing.
    return [Path(home, "flowsift")] if home and os.path.isabs(home) else []


def _made(java: list[Path], jar: Path) -> Path:
    """Compile these files; the jar is there in whole or not at all, whoever else makes it at the same time."""
    with NamedTemporaryFile(dir=jar.parent, prefix=".", suffix=".jar", delete=False) as written:
        path = Path(written.name)
        try:
            with scratch_folder() as classes:
                _compile(java, classes)
                with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
                    for file in sorted(classes.rglob("*.class")):
                        archive.writestr(zipfile.ZipInfo(str(file.relative_to(classes)), _EPOCH), file.read_bytes())
                    archive.writestr(zipfile.ZipInfo(_SERVICE, _EPOCH), _FACTORIES)
            path.chmod(0o644)
            path.replace(jar)
        except BaseException:
            path.unlink()
            raise
    return jar


def _compile(java: list[Path], folder: Path) -> None:
    compiler = jvm().org.codehaus.janino.Compiler()
    compiler.setSourceVersion(8)
    compiler.setTargetVersion(8)
    compiler.setDebugLines(True)
    compiler.setDestinationDirectory(jvm().java.io.File(str(folder)), False)
    compiler.compile(_array(jvm().java.io.File, [jvm().java.io.File(str(file)) for file in java]))


def _array(kind: object, values: list) -> object:
    from pyflink.java_gateway import get_gateway

    gateway: Any = get_gateway()
    array = gateway.new_array(kind, len(values))
    for i, value in enumerate(values):
        array[i] = value
    return array
