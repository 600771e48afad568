"""Raw text to annotated documents."""
