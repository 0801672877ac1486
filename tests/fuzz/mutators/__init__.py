"""Changes of files: of their bytes, text, pixels or structure, and of the folder they lie in."""
