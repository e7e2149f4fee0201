"""The refusal of a model that cannot be read, which numpy alone must be able to raise."""


class UnreadableModel(ValueError):
    """A folder that is not a whole Gaze2Report model; the message says what is wrong."""
