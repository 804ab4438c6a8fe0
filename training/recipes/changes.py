"""What a user wants otherwise than a recipe: ``--set name=value`` and TOML, checked by type."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from citemesh.errors import InputError, SettingsError
from citemesh.nearest import nearest_hint
from citemesh.training.recipes.settings import Settings

_NONE = "none"
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def read_changes(words: Iterable[str], file: Path | None = None) -> dict[str, Any]:
    """Settings by name; a word takes the place of the file's value.

    Args:
        words: ``name=value`` each.
        file: a TOML file of settings, all at its top level.

    Raises:
        SettingsError: for an unknown name, with the nearest one, or a value of another type.
        InputError: for a file that is not there or no TOML.
    """
    changes = {} if file is None else _read_file(file)
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise SettingsError(f"--set {word!r} is no setting.", "Give name=value.")
        changes[name.strip()] = _from_text(name.strip(), text)
    return changes


def check_names(names: Iterable[str]) -> None:
    """Refuse names that are no settings.

    Raises:
        SettingsError: for the first unknown one, with the nearest there is.
    """
    known = [field.name for field in fields(Settings)]
    for name in names:
        if name not in known:
            raise SettingsError(
                f"There is no setting {name!r}.",
                nearest_hint(name, known) or "citemesh recipes show NAME lists them.",
            )


def shown(value: Any) -> str:
    """A value as `read_changes` would read it."""
    if value is None:
        return _NONE
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise InputError(f"The settings file {path} is not there.")
    try:
        content: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML: {error}.") from error
    check_names(content)
    # TOML has no null: "none" stands for it, as in --set.
    return {name: _typed(name, None if v == _NONE else v) for name, v in content.items()}


def _from_text(name: str, text: str) -> Any:
    check_names([name])
    kinds = _kinds(name)
    if text.strip().lower() == _NONE and NoneType in kinds:
        return None
    if bool in kinds:
        if text.strip().lower() not in (*_TRUE, *_FALSE):
            raise _wrong(name, text)
        return text.strip().lower() in _TRUE
    for kind in (int, float):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError:
                continue
    if str not in kinds:
        raise _wrong(name, text)
    # A prompt is given on one line and keeps its spaces: BMRetriever's has a line break within and
    # a space at its end.
    return text.replace("\\n", "\n")


def _typed(name: str, value: Any) -> Any:
    kinds = _kinds(name)
    if type(value) in kinds:
        return value
    if type(value) is int and float in kinds:
        return float(value)
    raise _wrong(name, value)


def _kinds(name: str) -> tuple[type, ...]:
    """The types that a setting can have."""
    hint = get_type_hints(Settings)[name]
    if get_origin(hint) is Literal:
        return (str,)
    return get_args(hint) if isinstance(hint, UnionType) else (hint,)


def _wrong(name: str, value: Any) -> SettingsError:
    hint = get_type_hints(Settings)[name]
    if get_origin(hint) is Literal:
        wanted = " or ".join(get_args(hint))
    else:
        wanted = " or ".join("none" if k is NoneType else _WORDS[k] for k in _kinds(name))
    return SettingsError(f"The setting {name} cannot be {value!r}.", f"Give {wanted}.")


_WORDS: dict[type, str] = {
    int: "a whole number", float: "a number", bool: "true or false", str: "a text",
}  # fmt: skip
