"""What the service is sent and what it answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from annotations.document import Document
from annotations.jsonl import to_dict
from chitieu.service.batching import Served

MOST_ARTICLES = 256


class Article(BaseModel):
    """A raw text."""

    id: str | None = Field(None, description="given back; by default the number in the request")
    text: str = Field(min_length=1, max_length=1_000_000)
    meta: dict[str, Any] = Field(default_factory=dict, description="given back")


class ExtractRequest(BaseModel):
    """Articles to extract from."""

    documents: list[Article] = Field(min_length=1, max_length=MOST_ARTICLES)
    rows: bool = Field(False, description="assemble rows, too")

    def to_documents(self) -> list[Document]:
        return [
            Document(article.id or str(number), article.text, meta=article.meta)
            for number, article in enumerate(self.documents, 1)
        ]


class SpanAnswer(BaseModel):
    """A labelled stretch of text; offsets are Unicode code points, half-open."""

    id: str
    start: int
    end: int
    label: str
    score: float | None = None


class RelationAnswer(BaseModel):
    """A directed link between two spans."""

    head: str
    tail: str
    label: str
    score: float | None = None


class DocumentAnswer(BaseModel):
    """An article with what was found in it."""

    id: str
    text: str
    spans: list[SpanAnswer]
    relations: list[RelationAnswer]
    meta: dict[str, Any] = Field(default_factory=dict)
    model_version: str

    @classmethod
    def of(cls, served: Served) -> DocumentAnswer:
        return cls(**to_dict(served.document), model_version=served.version)


class ExtractAnswer(BaseModel):
    """Documents in the order in which they came, and their rows if they were asked for."""

    documents: list[DocumentAnswer]
    rows: list[dict[str, Any]] | None = None


class PredictRequest(BaseModel):
    """Label Studio asks for predictions."""

    tasks: list[dict[str, Any]]
    project: str | None = None
    label_config: str | None = None
    params: dict[str, Any] | None = None


class SetupRequest(BaseModel):
    """Label Studio connects a project; `schema` is its labelling configuration."""

    project: str | None = None
    label_config: str | None = Field(None, alias="schema")


class WebhookRequest(BaseModel):
    """Label Studio tells what happened."""

    action: str
    project: dict[str, Any] | None = None
