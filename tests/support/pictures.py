"""What a drawn figure shows."""

from PIL import Image


def texts(axes):
    """Words and numbers that stand in a panel."""
    return [text.get_text() for text in axes.texts]


def is_picture(path):
    """Whether the file is a picture with something on it."""
    with Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 20)
    return len(colours) > 10
