"""Whether two films are of one patient, told by what nobody can read the patient from.

The key is drawn anew by every process and kept nowhere, so that a digest means nothing outside of it.
"""

import hashlib
import secrets

from pydicom import Dataset
from pydicom.tag import Tag

PATIENT_ID = Tag("PatientID")

_KEY = secrets.token_bytes(32)


def take_patient_out(elements: Dataset) -> bytes | None:
    """Take Patient ID (PS3.3 C.2.2) out of what was read, and leave a digest of it; None where the file has none."""
    if PATIENT_ID not in elements:
        return None
    identity = elements.get_item(PATIENT_ID).value  # as it stands in the file: what is not decoded is in no message
    del elements[PATIENT_ID]
    identity = identity.strip(b" \0") if isinstance(identity, bytes) else b""
    return hashlib.blake2b(identity, key=_KEY).digest() if identity else None
