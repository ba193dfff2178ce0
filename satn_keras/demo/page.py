"""The page: a sound in, the posterior, its course and the attention out."""

from __future__ import annotations

import html
import pathlib
import tempfile
from typing import Any

from satn_keras.demo.examples import EXAMPLES
from satn_keras.demo.listening import hear, read_speech
from satn_keras.demo.picture import draw_picture
from satn_keras.demo.words import find_words, is_alignment
from satn_keras.errors import SatnError
from satn_keras.export import Recognizer

WELCOME = "Record or drop a sound, or pick the example."
PHONE = 700  # CSS pixels: a narrower window gets the narrow picture
TITLE = "Emotion in speech"
ABOUT = (
    "What the model **{name}** hears in a recording of up to {longest:g} s. It knows "
    "{classes}, and nothing else: it always names one of them. Recordings stay on the "
    "computer that runs this page, and are deleted there after {minutes:g} minutes."
)
KEPT_SECONDS = 600  # a recording and its picture, on the server
LOOK_FOR_OLD_SECONDS = 60
CSS = """
.gradio-container { max-width: 1120px !important; margin: 0 auto !important; }
#said p { font-size: 1.15rem; margin: 0.25rem 0; }
#said .fault { color: #b42318; border-left: 4px solid #b42318; padding-left: 0.75rem; }
#picture img { padding-top: 2.2rem; background: white; }
.dark #said .fault { color: #ff9c8f; }
"""
# Without names of fonts to fetch: the reader's own system has one.
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
MONO_FONTS = ["ui-monospace", "Menlo", "Consolas", "monospace"]


def import_gradio() -> Any:
    """The module `gradio`.

    Raises:
        ImportError: if it is not installed, with the remedy.
    """
    try:
        import gradio
    except ImportError as error:
        raise ImportError(
            "The page needs gradio, which is not installed. "
            "Install it with: pip install 'satn-keras[demo]'"
        ) from error
    return gradio


class Listener:
    """What happens when somebody gives the page a sound.

    Args:
        recognizer: of the model.
        longest: seconds of sound that are taken.
    """

    def __init__(self, recognizer: Recognizer, longest: float):
        self.recognizer = recognizer
        self.longest = longest

    def __call__(self, path: str | None, text: str | None, width: float | None):
        """What is said, the bars and the picture, for the page's three outputs.

        Args:
            path: of the sound; None where there is none.
            text: what was said in it, where the reader gave it.
            width: of the reader's window, in CSS pixels.
        """
        gradio = import_gradio()
        hidden = gradio.update(value=None, visible=False)
        if path is None:
            return say(WELCOME), hidden, hidden
        try:
            heard, picture = self.show(path, text or "", bool(width and width < PHONE))
        except SatnError as error:
            return say(str(error), fault=True), hidden, hidden
        return (
            say(
                f"{heard.label}, {heard.probabilities[heard.label]:.0%} "
                f"({heard.seconds:.1f} s heard)"
            ),
            gradio.update(value=heard.probabilities, visible=True),
            gradio.update(
                value=picture, visible=True, alt_text=describe(heard, self.recognizer)
            ),
        )

    def show(self, path: str, text: str, narrow: bool = False):
        """What was heard, and its picture as a PIL image.

        Raises:
            AudioError: if the sound cannot be used.
            ConfigError: if the text cannot.
        """
        from PIL import Image

        rate = self.recognizer.sample_rate
        waveform = read_speech(path, rate, self.longest)
        words = find_words(text, waveform, rate)
        heard = hear(self.recognizer, waveform)
        with tempfile.TemporaryDirectory(prefix="satn-picture-") as folder:
            file = pathlib.Path(folder) / "picture.png"
            draw_picture(heard, file, words, not is_alignment(text), narrow)
            with Image.open(file) as picture:
                picture.load()
                return heard, picture.convert("RGB")


def say(message: str, fault: bool = False) -> str:
    """The message as one line of HTML, which a screen reader speaks at once."""
    line = html.escape(" ".join(message.split()))
    if fault:
        return f'<p class="fault" role="alert">{line}</p>'
    return f'<p role="status">{line}</p>'


def describe(heard, recognizer) -> str:
    """Words in place of the picture."""
    peak = heard.frames[int(heard.attention.argmax())]
    return (
        f"Spectrogram of {heard.seconds:.1f} s with the posterior of "
        f"{', '.join(recognizer.classes)} over time, which ends at {heard.label}; "
        f"attention is highest at {peak:.1f} s."
    )


def build_page(recognizer: Recognizer, longest: float) -> Any:
    """The page as `gradio.Blocks`, ready to be launched with `look`.

    Args:
        recognizer: of the model.
        longest: seconds of sound that are taken.

    Raises:
        ImportError: if gradio is not installed.
    """
    gradio = import_gradio()
    with gradio.Blocks(
        title=TITLE,
        analytics_enabled=False,
        delete_cache=(LOOK_FOR_OLD_SECONDS, KEPT_SECONDS),
    ) as page:
        gradio.Markdown(f"# {TITLE}\n{_about(recognizer, longest)}")
        width = gradio.Number(visible="hidden")
        with gradio.Row():
            with gradio.Column():
                sound, text, button = _inputs(gradio)
            with gradio.Column():
                said = gradio.HTML(say(WELCOME), elem_id="said")
                bars = gradio.Label(
                    label="Posterior", visible=False, show_heading=False
                )
        picture = gradio.Image(
            label="Over time",
            show_label=False,
            elem_id="picture",
            format="png",
            visible=False,
            interactive=False,
            buttons=["fullscreen", "download"],
        )
        page.load(None, None, width, js="() => window.innerWidth")
        gradio.on(
            [sound.change, button.click, text.submit],
            Listener(recognizer, longest).__call__,
            [sound, text, width],
            [said, bars, picture],
            api_visibility="private",
            trigger_mode="always_last",
            scroll_to_output=True,
        )
    return page


def look() -> dict[str, Any]:
    """Arguments of `launch` that decide how the page looks; nothing is fetched."""
    gradio = import_gradio()
    theme = gradio.themes.Soft(
        primary_hue="blue", font=FONTS, font_mono=MONO_FONTS, radius_size="md"
    )
    return {"theme": theme, "css": CSS, "footer_links": []}


def _about(recognizer, longest):
    return ABOUT.format(
        name=recognizer.folder.resolve().parent.name,  # the folder is its version
        longest=longest,
        classes=", ".join(recognizer.classes),
        minutes=KEPT_SECONDS / 60,
    )


def _inputs(gradio):
    sound = gradio.Audio(
        label="Sound (WAV, FLAC, OGG, MP3)",
        sources=["upload", "microphone"],
        type="filepath",
        buttons=[],
    )
    text = gradio.Textbox(
        label="What is said (optional)",
        info="The words are placed above the attention, roughly: by their letters. "
        "For exact places give each a line such as `0.25 0.61 word`, in seconds.",
        lines=2,
        max_lines=6,
        max_length=4000,
    )
    button = gradio.Button("Listen", variant="primary")
    gradio.Examples(
        [[str(example.path), example.text] for example in EXAMPLES],
        [sound, text],
        label="Example, a synthetic voice: shows the page, not what the model is worth",
        example_labels=[example.text for example in EXAMPLES],
        cache_examples=False,
    )
    return sound, text, button
