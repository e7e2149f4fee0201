"""Whether a sentence names a particular device: a tube, a pacemaker, wires.

The label of all of them is Support Devices, and no prompt says more. Which device it is, and how far its tip reaches,
is then a guess of the language model; a reader who believes it looks for a tube that is not there.
"""

import re

from gaze2report_core.findings.labelling.assertion import Assertions, Mention
from gaze2report_core.findings.labelling.phrases import NAMES, NOT_NAMES
from gaze2report_core.findings.vocabulary import Finding

_ANY_DEVICE = re.compile(r"\bdevices?\b")
_WITHOUT_LABEL = re.compile(
    r"\b(?:wires?|clips?|sutures?|staples?|stents?|prosthe(?:sis|ses|tic)|pacing|leads?(?! to)|electrodes?|implants?"
    r"|ports?|filters?|rods?)\b"
)
"""What readers call devices and the labeller, after CheXpert's, does not count as Support Devices."""


def names_particular_device(sentence: str) -> bool:
    """Whether a sentence states or doubts a device by a narrower name than "device"."""
    plain = sentence.lower()
    assertions = Assertions(plain)
    masked = plain
    for no_device in (_ANY_DEVICE, NOT_NAMES[Finding.SUPPORT_DEVICES]):
        masked = no_device.sub(lambda match: "~" * len(match[0]), masked)
    return any(
        assertions.of(match.start()) is not Mention.NEGATIVE
        for names in (NAMES[Finding.SUPPORT_DEVICES], _WITHOUT_LABEL)
        for match in names.finditer(masked)
    )
