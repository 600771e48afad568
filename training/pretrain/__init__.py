"""Masked-language pre-training of a compact encoder from plain text: ``python -m training.pretrain``."""
