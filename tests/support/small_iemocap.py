"""A folder laid out as IEMOCAP is released: oddities as published, sound in name only.

Every dialog has what the release's files have: a header, the votes of annotators and
actors below each summary line, asides, events in brackets, blanks at line ends, turns
that nobody judged, files that a Mac left behind, and subfolders of single votes.
"""

import itertools
import pathlib

# An empty WAV of 16 kHz, 16 bit, one channel.
WAV = bytes.fromhex(
    "524946462400000057415645666d742010000000010001"
    "00803e0000007d000002001000646174610000000000"
)
WORDS = {
    "ang": "Anger",
    "hap": "Happiness",
    "exc": "Excited",
    "sad": "Sadness",
    "neu": "Neutral",
    "fru": "Frustration",
    "fea": "Fear",
    "sur": "Surprise",
    "dis": "Disgust",
    "oth": "Other",
}
TEXTS = (
    "Excuse me.",
    "[LAUGHTER] Well, I don't know. [BREATHING]",
    "[GARBAGE]",
    "++BREATHING++ What?  ",
)
# Code of each turn in turn, "XX0" for one that nobody judged.
CODES = ("neu", "hap", "exc", "sad", "ang", "fru", "fea", "sur", "dis", "oth", "xxx")
SCENES = ("impro01", "script01_1")
HEADER = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"


def write_iemocap(root, codes=CODES, scenes=SCENES):
    """Folder with a dialog of each scene and session, the codes in both speakers.

    The woman wears the markers in dialogs of odd sessions, the man in others.
    """
    root = pathlib.Path(root)
    for session, scene in itertools.product(range(1, 6), scenes):
        dialog = f"Ses0{session}{'MF'[session % 2]}_{scene}"
        turns = [
            (f"{dialog}_{speaker}{number:03}", code)
            for number, code in enumerate(codes)
            for speaker in "FM"
        ]
        write_dialog(root, dialog, turns)
        write_oddities(root, dialog)
    return root


def write_counted_iemocap(root, counts):
    """Folder whose turns have the counts {(session, scene): {code: turns}}."""
    root = pathlib.Path(root)
    for (session, scene), codes in counts.items():
        dialog = f"Ses0{session}F_{scene}"
        turns = [code for code, count in codes.items() for _ in range(count)]
        named = [
            (f"{dialog}_{'FM'[place % 2]}{place // 2:03}", code)
            for place, code in enumerate(turns)
        ]
        write_dialog(root, dialog, named)
    return root


def write_dialog(root, dialog, turns):
    """The three files or folders of a dialog with the turns (name, code)."""
    labels, transcripts, wavs = places(root, dialog)
    for folder in (labels.parent, transcripts.parent, wavs):
        folder.mkdir(parents=True, exist_ok=True)
    summaries, lines = [HEADER], []
    for place, (name, code) in enumerate(turns):
        start, end = 3.01 * place, 3.01 * place + 2.5
        summaries.append(
            f"[{start:.4f} - {end:.4f}]\t{name}\t{code}\t[2.5000, 3.0000, 2.6667]\n"
            f"{votes(code)}\n"
        )
        text = TEXTS[place % len(TEXTS)]
        lines.append(f"{name} [{start:08.4f}-{end:08.4f}]: {text}\n")
        (wavs / f"{name}.wav").write_bytes(WAV)
    labels.write_text("".join(summaries))
    transcripts.write_text("".join(lines))


def votes(code):
    """Lines of the annotators: a majority, or the tie that makes a turn "xxx"."""
    first, second = (WORDS[code],) * 2 if code in WORDS else ("Neutral", "Sadness")
    return (
        f"C-E2:\t{first};\t()\n"
        f"C-E3:\t{second};\t()\n"
        f"C-E4:\tFrustration; {second if code in WORDS else 'Anger'};\t(curious)\n"
        "C-F1:\tNeutral; Anger;\t()\n"
        "A-E3:\tval 3; act 2; dom  2;\t()\n"
        "A-E4:\tval 2; act 3; dom  3;\t(mildly aggravated but staying polite)\n"
        "A-M1:\tval 3; act 2; dom  1;\t()\n"
    )


def write_oddities(root, dialog):
    """What else the release has beside the turns of a dialog."""
    labels, transcripts, wavs = places(root, dialog)
    with open(transcripts, "ab") as stream:
        stream.write(b"M: [LAUGHTER]\nF: Mmhmm.\n\n")
        stream.write(f"{dialog}_FXX0 [090.0000-091.0000]: Oh. \n".encode())
        stream.write(f"{dialog}_MXX1 [092.0000-093.0000]: Yeah.\n".encode())
    (wavs / f"{dialog}_FXX0.wav").write_bytes(WAV)
    for path in (labels, transcripts, wavs / f"{dialog}_F000.wav"):
        path.with_name(f"._{path.name}").write_bytes(b"\x00\x05\x16\x07Mac OS X")
    for folder in (labels.parent, wavs.parent, wavs):
        (folder / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    for kind, ending in (
        ("Attribute", "e3_atr"),
        ("Categorical", "e2_cat"),
        ("Self-evaluation", "f1_cat"),
    ):
        (labels.parent / kind).mkdir(exist_ok=True)
        single = labels.parent / kind / f"{dialog}_{ending}.txt"
        single.write_text(f"{dialog}_F000 :Neutral state; ()\n")


def places(root, dialog):
    """Evaluation file, transcription file and folder of sounds of a dialog."""
    session = pathlib.Path(root) / f"Session{dialog[4]}"
    return (
        session / "dialog" / "EmoEvaluation" / f"{dialog}.txt",
        session / "dialog" / "transcriptions" / f"{dialog}.txt",
        session / "sentences" / "wav" / dialog,
    )
