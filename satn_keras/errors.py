"""Names for what can go wrong with data, recipes and protocols.

    SatnError
    ├── AudioError      a sound file cannot be read or holds no speech
    ├── CorpusError     a corpus folder does not look as published
    ├── ManifestError   a manifest row, column or value breaks a rule
    ├── ConfigError     a recipe has an unknown key or a bad value
    ├── ProtocolError   a step would touch data its part may not see
    ├── ArtifactError   a run folder or exported model is missing or damaged
    ├── ServingError    a model server refuses, fails or cannot be reached
    └── WorkerError     another worker of a run on several machines is lost

Layers and models raise ValueError and TypeError, as Keras does. The command
line prints a SatnError as one line and exits with code 2.
"""


class SatnError(Exception):
    """Root of every error a user can mend."""


class AudioError(SatnError):
    """A sound file that cannot be read or holds no speech."""


class CorpusError(SatnError):
    """A corpus folder that does not look as published."""


class ManifestError(SatnError):
    """A manifest whose row, column or value breaks a rule."""


class ConfigError(SatnError):
    """A recipe with an unknown key or a value out of range."""


class ProtocolError(SatnError):
    """A step that would touch data which its part may not see."""


class ArtifactError(SatnError):
    """A run folder or exported model that is missing or damaged."""


class ServingError(SatnError):
    """A model server that refuses, fails or cannot be reached."""


class WorkerError(SatnError):
    """A run on several machines of which another worker is lost."""
