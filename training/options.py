"""A typed configuration as command-line options: the class is the only place that names, types and explains them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from annotations.errors import InputError

Config = TypeVar("Config", bound=BaseModel)


def parse(
    config: type[Config], program: str, description: str, arguments: Sequence[str] | None = None
) -> Config:
    """Read a configuration from `--config FILE` (YAML) and options, which win over the file.

    Every field is an option of its name with hyphens; a list takes several values, a bool has a `--no-` form.

    Raises
    ------
    InputError
        If the file cannot be read, or a value is not what its field wants.
    SystemExit
        With status 2 for an unknown option (argparse).
    """
    parser = argparse.ArgumentParser(
        prog=program, description=description, argument_default=argparse.SUPPRESS
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="YAML file with any of the settings below"
    )
    for name, field in config.model_fields.items():
        _add(parser, name, field)
    given = vars(parser.parse_args(arguments))
    file = given.pop("config", None)
    return validate(config, {**(read_yaml(file) if file else {}), **given}, source=file)


def read_yaml(file: Path) -> dict[str, Any]:
    """A YAML file's mapping."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", source=file) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"not YAML: {' '.join(str(error).split())}", source=file) from error
    if not isinstance(data, dict):
        raise InputError("expected “name: value” lines", source=file)
    return {str(name).replace("-", "_"): value for name, value in data.items()}


def validate(config: type[Config], values: dict[str, Any], *, source: Path | None = None) -> Config:
    """Build the configuration, or say in one line what is wrong with the first bad value."""
    try:
        return config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).replace("_", "-")
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(
            f"--{name}: {message} (given: {first['input']!r})" if name else message, source=source
        ) from error


def _add(parser: argparse.ArgumentParser, name: str, field: FieldInfo) -> None:
    default = "" if field.default in (None, (), "") or field.is_required() else f" (default: {_shown(field)})"
    options: dict[str, Any] = {"help": f"{field.description}{default}".replace("%", "%%"), "dest": name}
    kinds = _kinds(field.annotation)
    if kinds == [bool]:
        options["action"] = argparse.BooleanOptionalAction
    elif any(get_origin(kind) in (list, tuple) for kind in kinds):
        options |= {"nargs": "+", "metavar": "VALUE"}
    elif choices := [
        str(choice) for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)
    ]:
        options["choices"] = choices
    else:
        options["metavar"] = "|".join(getattr(kind, "__name__", str(kind)).upper() for kind in kinds)
    parser.add_argument(f"--{name.replace('_', '-')}", **options)


def _kinds(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) if part is not NoneType for kind in _kinds(part)]
    return [annotation]


def _shown(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
