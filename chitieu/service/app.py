"""The web service: `POST /extract` for everybody, and the ML back-end protocol for Label Studio."""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.middleware.base import RequestResponseEndpoint

from annotations.document import Document
from annotations.label_studio.convert import to_prediction
from annotations.label_studio.labelling import FIELD, unfit
from chitieu.service.batching import Batcher, Bounds, Busy
from chitieu.service.keeper import Keeper
from chitieu.service.messages import (
    DocumentAnswer,
    ExtractAnswer,
    ExtractRequest,
    PredictRequest,
    SetupRequest,
    WebhookRequest,
)
from chitieu.service.retraining import Retraining
from model.records import assemble

MOST_BYTES = 64_000_000
"""Largest body of a request."""
PREDICT_SECONDS = 95.0
"""Label Studio gives up after 100."""


def create_app(
    keeper: Keeper,
    *,
    token: str | None = None,
    bounds: Bounds | None = None,
    state: Path = Path("runs/serve"),
    train_config: Path | None = None,
) -> FastAPI:
    """The service around an extractor.

    Parameters
    ----------
    token
        Asked of every request but `/health`, as bearer token or as password of basic authentication.
    bounds
        How requests are put together into batches.
    state
        Folder for retrained models.
    train_config
        YAML file with settings of retraining.
    """
    batcher = Batcher(keeper.annotate, bounds or Bounds())
    retraining = Retraining(keeper, state, train_config)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with batcher:
            yield
        await retraining.close()

    app = FastAPI(
        title="chitieu",
        description="Indicators, targets and results from Vietnamese local-government news.",
        lifespan=lifespan,
    )

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=503, headers={"Retry-After": "5"})

    @app.middleware("http")
    async def guard(request: Request, answer: RequestResponseEndpoint) -> Response:
        """Turn away, before reading a byte, what has no token or is too large."""
        if refusal := _refusal(request, token):
            return refusal
        return await answer(request)

    def check(config: str | None) -> None:
        if config and (reason := unfit(config, keeper.schema)):
            raise HTTPException(400, f"the labelling configuration does not fit the model: {reason}")

    @app.post("/extract")
    async def extract(request: ExtractRequest) -> ExtractAnswer:
        """Spans and relations (and rows, if asked for) of articles."""
        served = await batcher.annotate(request.to_documents())
        rows = None
        if request.rows:
            rows = [record.to_json() for one in served for record in assemble(one.document)]
        return ExtractAnswer(documents=[DocumentAnswer.of(one) for one in served], rows=rows)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """The service is up, and with which model."""
        return {"status": "UP", "model_version": keeper.version}

    @app.post("/setup")
    async def setup(request: SetupRequest) -> dict[str, str]:
        """A project is connected; refused if its configuration lacks one of the model's labels."""
        check(request.label_config)
        return {"model_version": keeper.version}

    @app.post("/predict")
    async def predict(request: PredictRequest) -> dict[str, list[dict[str, Any]]]:
        """One prediction for each task, in their order; tasks without a text get an empty one."""
        check(request.label_config)
        texts = [(task.get("data") or {}).get(FIELD) for task in request.tasks]
        documents = [Document(str(n), text if isinstance(text, str) else "") for n, text in enumerate(texts)]
        try:
            async with asyncio.timeout(PREDICT_SECONDS):
                served = await batcher.annotate(documents)
        except TimeoutError:
            raise HTTPException(503, f"no answer within {PREDICT_SECONDS:g} s") from None
        return {"results": [to_prediction(one.document, one.version) for one in served]}

    @app.post("/webhook")
    async def webhook(request: WebhookRequest) -> dict[str, str | None]:
        """START_TRAINING begins a run on the project's annotations; every other action is only taken note of."""
        if request.action != "START_TRAINING":
            return {"status": "noted"}
        title = (request.project or {}).get("title")
        if not title:
            raise HTTPException(422, "START_TRAINING names no project")
        job = retraining.start(str(title))
        return {"status": "started" if job else "running already", "job": job}

    @app.get("/versions")
    async def versions() -> dict[str, Any]:
        """Versions that have been in service, the present one last, and how the last retraining went."""
        return {"versions": keeper.versions, "retraining": retraining.last}

    return app


def _refusal(request: Request, token: str | None) -> JSONResponse | None:
    if (
        token is not None
        and request.url.path != "/health"
        and not _carries(request.headers.get("authorization", ""), token)
    ):
        return JSONResponse({"detail": "a token is needed"}, 401, {"WWW-Authenticate": "Bearer"})
    length = request.headers.get("content-length", "")
    if request.method == "POST" and not length.isdecimal():
        return JSONResponse({"detail": "the request does not say how long it is"}, 411)
    if length.isdecimal() and int(length) > MOST_BYTES:
        return JSONResponse({"detail": f"more than {MOST_BYTES} bytes"}, 413)
    return None


def _carries(header: str, token: str) -> bool:
    """Whether an authorization header holds the token; header text comes as Latin-1, whatever its bytes mean."""
    kind, _, text = header.partition(" ")
    value = text.strip().encode("latin-1")
    if kind.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif kind.lower() != "bearer":
        return False
    return secrets.compare_digest(value, token.encode())
