"""Annotated documents against annotated documents."""
