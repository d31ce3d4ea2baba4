"""Bundles: the folders in which trained models cross from the workstation to the device.

A bundle is `model.tflite` and `bundle.json`, the json written last. It is checked whole on load: the
version, the kind, the sha256 of each file and the fingerprint of the features it was trained on.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.audio.frontend import FrontEndSettings
from device.errors import BundleError

VERSION = 1
SHIPPED = Path(__file__).parent.parent / "bundles"
"""Where the bundles that come with Mynah lie: `hey_mynah` and `english`."""


@dataclass(frozen=True, slots=True)
class Stream:
    """How the model steps: `frames` of features at a time, one output per `stride` frames.

    `lookahead`: outputs by which a label comes after the sound it names.
    """

    frames: int
    stride: int
    lookahead: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A model with all that is needed to run it, checked.

    `edgetpu`: the same model for a Coral, if any. `others`: posteriors of speech that is no command, if any
    (`device.hearing.others`).
    """

    path: Path
    kind: str
    name: str
    labels: tuple[str, ...]
    model: Path
    edgetpu: Path | None
    others: Path | None
    features: FrontEndSettings
    stream: Stream
    normalisation: Mapping[str, Any]
    decision: Mapping[str, Any]
    measured: Mapping[str, Any]
    training: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path, kind: str | None = None) -> Bundle:
        """The bundle in folder `path`. Raises BundleError, saying which check failed."""
        content = described(path, kind, VERSION)
        try:
            settings = FrontEndSettings(**content["features"])
            if settings.fingerprint != content["fingerprint"]:
                raise BundleError(
                    f"{path}: trained on features {content['fingerprint']}, this front end makes "
                    f"{settings.fingerprint}; train or download a bundle for this version of Mynah"
                )
            return cls(
                path=path,
                kind=content["kind"],
                name=content["name"],
                labels=tuple(content["labels"]),
                model=checked(path, content["model"]),
                edgetpu=checked(path, content["edgetpu"]) if content.get("edgetpu") else None,
                others=checked(path, content["others"]) if content.get("others") else None,
                features=settings,
                stream=Stream(**content["stream"]),
                normalisation=content["normalisation"],
                decision=content["decision"],
                measured=content.get("measured", {}),
                training=content.get("training", {}),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(
                f"{path}/bundle.json: missing or wrong {error}; export the bundle again"
            ) from error


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def whole(path: Path) -> None:
    """BundleError where a file of the bundle in folder `path`, of any kind, is missing or changed."""
    for entry in _read(path).values():
        if isinstance(entry, Mapping) and "sha256" in entry:
            checked(path, entry)


def described(path: Path, kind: str | None, version: int) -> Mapping[str, Any]:
    """The bundle.json in folder `path`, of that kind (None: of any) and version. BundleError if it is not."""
    content = _read(path)
    if content.get("version") != version:
        raise BundleError(
            f"{path}: version {content.get('version')}, this Mynah reads {version}; export it again"
        )
    if kind is not None and content.get("kind") != kind:
        raise BundleError(f"{path}: a bundle for {content.get('kind')}, not for {kind}; name another one")
    return content


def _read(path: Path) -> Mapping[str, Any]:
    file = path / "bundle.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(f"{path}: no bundle here (bundle.json is missing); check the path") from None
    except (OSError, ValueError) as error:
        raise BundleError(f"{file}: cannot be read ({error}); copy the bundle again") from error
    if not isinstance(content, dict):
        raise BundleError(f"{file}: not a bundle; copy the bundle again")
    return content


def checked(path: Path, entry: Mapping[str, str]) -> Path:
    """The file that `entry` of a bundle.json names, whole. BundleError if it is not."""
    file = path / entry["file"]
    if not file.is_file():
        raise BundleError(f"{file}: missing; copy the bundle again")
    if sha256(file) != entry["sha256"]:
        raise BundleError(
            f"{file}: damaged (its sha256 is not the one in bundle.json); copy the bundle again"
        )
    return file


def describe(settings: FrontEndSettings) -> dict[str, Any]:
    """The `features` and `fingerprint` entries of a bundle.json."""
    return {"features": dataclasses.asdict(settings), "fingerprint": settings.fingerprint}
