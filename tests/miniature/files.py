"""What tests of several generators share."""


def folder_bytes(root):
    """Every file below a folder: path to content."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
