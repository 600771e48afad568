"""`chitieu serve`: the extractor as a web service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chitieu.commands.options import Device, OnDevice


def command(
    host: Annotated[
        str, typer.Option("--host", help="address to listen on; others than this machine's own need a token")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 9090,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            metavar="DIR",
            help="trained extractor (default: the one last swapped in, else the one that comes along)",
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", envvar="CHITIEU_TOKEN", show_envvar=True, help="asked of every request"),
    ] = None,
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="most documents in a batch")] = 32,
    batch_wait: Annotated[
        float, typer.Option("--batch-wait", min=0, help="seconds that a batch waits for more documents")
    ] = 0.02,
    state: Annotated[
        Path, typer.Option("--state", metavar="DIR", help="folder for models retrained from Label Studio")
    ] = Path("runs/serve"),
    train_config: Annotated[
        Path | None,
        typer.Option("--train-config", metavar="FILE", help="settings of retraining, as for python -m train"),
    ] = None,
    device: OnDevice = Device.auto,
) -> None:
    """Serve POST /extract (documentation at /docs) and Label Studio's ML back-end protocol until stopped."""
    from annotations.errors import InputError

    try:
        import uvicorn

        from chitieu.service.app import create_app
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed: pip install 'chitieu[serve]'") from None
    from chitieu.service.batching import Bounds
    from chitieu.service.keeper import Keeper

    if token is None and not _is_loopback(host):
        raise InputError(f"listening on {host} needs a --token")
    if token is not None and not token.isascii():
        raise InputError("the token may only hold ASCII characters, which is all that Label Studio can send")
    if train_config is not None and not train_config.is_file():
        raise InputError("no such file", source=train_config)
    keeper = Keeper(model, state, device.value)
    bounds = Bounds(documents=batch_size, wait=batch_wait)
    app = create_app(keeper, token=token, bounds=bounds, state=state, train_config=train_config)
    uvicorn.run(app, host=host, port=port, log_level="info")


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
