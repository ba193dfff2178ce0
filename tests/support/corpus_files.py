"""Folders laid out as corpora are published, without their sounds."""


def lay_out(root, *names, content=b""):
    """Files of these names below `root`, with the same content."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def write_lines(path, *lines, encoding="utf-8"):
    """Text file of these lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path
