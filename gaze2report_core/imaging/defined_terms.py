"""The terms that the DICOM standard defines for what is shown of a header. Any other text could name the patient.

A Code String holds sixteen characters, so that a technician can type a name into it. Only what stands here is taken
over; all else counts as not given.
"""


def _terms(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# PS3.3 C.7.3.1.1.1: of the modalities, those whose objects are pictures.
MODALITIES = _terms(
    "AR BDUS BI BMD CFM CR CT DG DMS DX ES FID GM IO IVOCT IVUS LS MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OT PA PT "
    "PX RF RG RTDOSE RTIMAGE SC SEG SM SRF TG US XA XC"
)

# PS3.3 C.8.1.1 and C.8.11.5, and then what devices write in their place.
VIEW_POSITIONS = _terms("AP PA LL RL RLD LLD RLO LLO LAT LATERAL LLAT RLAT")

# PS3.16 Table L-1: of the regions, those that a radiograph shows; THORAX is what devices write for CHEST.
BODY_PARTS = _terms(
    "ABDOMEN ABDOMENPELVIS ANKLE ARM BREAST CALCANEUS CHEST CHESTABDOMEN CHESTABDPELVIS CLAVICLE COCCYX CSPINE CTSPINE "
    "ELBOW EXTREMITY EYE FEMUR FINGER FOOT HAND HEAD HEADNECK HEART HIP HUMERUS JAW KNEE LEG LSPINE LSSPINE MAXILLA "
    "MEDIASTINUM NECK NECKCHEST NECKCHESTABDOMEN NECKCHESTABDPELV ORBIT PATELLA PELVIS RIB SCAPULA SHOULDER SKULL "
    "SPINE SSPINE STERNUM THIGH THORAX THUMB TLSPINE TMJ TOE TSPINE WHOLEBODY WRIST ZYGOMA"
)

# PS3.3 C.7.6.3.1.2.
PHOTOMETRIC_INTERPRETATIONS = _terms(
    "MONOCHROME1 MONOCHROME2 RGB YBR_FULL YBR_FULL_422 YBR_PARTIAL_420 YBR_PARTIAL_422 YBR_ICT YBR_RCT XYB"
) | {"PALETTE COLOR"}
