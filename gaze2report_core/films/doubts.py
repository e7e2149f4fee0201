"""What is said of a film that does not look like what it is read as."""

from gaze2report_core.imaging import View

NOT_A_CHEST = (
    "This film does not look like a chest radiograph: gaze and report are predicted as if it were one and mean nothing "
    "on another body part."
)
LOOKS_NEGATIVE = (
    "This film looks like a negative, with bones dark and lungs bright: gaze and report mean little until it is "
    "inverted."
)
VIEW_IN_DOUBT = {
    View.LATERAL: "The file says that this is a frontal film, but it looks like a lateral one.",
    View.FRONTAL: "The file says that this is a lateral film, but it looks like a frontal one.",
}
"""By the view that the film looks like."""
