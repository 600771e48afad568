"""The command ``python -m training.pretrain``."""

import inspect
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from annotations.errors import InputError
from training.pretrain.config import PretrainConfig
from training.pretrain.run import pretrain


def main(**options: Any) -> None:
    """Pre-train a compact encoder on plain text (masked-language modelling), on CPU or GPU.

    Several GPUs: accelerate launch -m training.pretrain ... . The same command again goes on with an interrupted run.
    """
    given = {name: value for name, value in options.items() if value not in (None, [], ())}
    try:
        config = PretrainConfig(**(_read(given.pop("config")) if "config" in given else {}) | given)
        encoder = pretrain(config)
    except ValidationError as error:
        for problem in error.errors():
            typer.echo(f"{'.'.join(map(str, problem['loc'])) or 'options'}: {problem['msg']}", err=True)
        raise typer.Exit(2) from None
    except InputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if encoder is not None:
        typer.echo(encoder)


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise InputError("no such file", source=path)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InputError(f"is no YAML: {error}".replace("\n", " "), source=path) from error
    if not isinstance(values, dict):
        raise InputError("must hold option names and values", source=path)
    return values


def _signature() -> inspect.Signature:
    """A command-line option for every field of the configuration, text files as arguments."""
    kind = inspect.Parameter.KEYWORD_ONLY
    config = Annotated[
        Path | None, typer.Option("--config", help="YAML file of options; those given here win.")
    ]
    parameters = [inspect.Parameter("config", kind, default=None, annotation=config)]
    for name, field in PretrainConfig.model_fields.items():
        default = "none" if field.default in (None, [], PydanticUndefined) else str(field.default)
        text = f"{field.description} [default: {default}]"
        flag = "--" + name.replace("_", "-")
        if name == "text":
            option: Any = typer.Argument(help=field.description, show_default=False)
        elif field.annotation is bool:
            option = typer.Option(f"{flag}/--no-{flag[2:]}", help=text, show_default=False)
        else:
            option = typer.Option(flag, help=text, show_default=False)
        annotation: Any = field.annotation if name in ("text", "focus") else field.annotation | None  # type: ignore[operator]
        parameters.append(
            inspect.Parameter(name, kind, default=None, annotation=Annotated[annotation, option])
        )
    return inspect.Signature(parameters)


main.__signature__ = _signature()  # type: ignore[attr-defined]
main.__annotations__ = {name: parameter.annotation for name, parameter in _signature().parameters.items()}

app = typer.Typer(add_completion=False)
app.command()(main)

if __name__ == "__main__":
    app()
