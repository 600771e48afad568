"""Annotated documents to weights."""
