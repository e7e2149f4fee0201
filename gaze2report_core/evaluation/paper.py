"""What the paper reports (Tables 1 and 2), to be cited beside what is measured here: other films, other weights.

In Table 2a the labels of the gaze column ran together; they are read as its text describes them.
"""

_NLG = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor")
_NLG_OF_REFLACX = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor")
_CLINICAL = ("accuracy", "precision", "recall", "f1")

Figures = dict[str, float]


def _rows(columns: tuple[str, ...], rows: dict[str, tuple[float, ...]]) -> dict[str, Figures]:
    return {name: dict(zip(columns, figures, strict=True)) for name, figures in rows.items()}


TABLE_1_IU_X_RAY = _rows(
    _NLG,
    {
        "ST": (0.243, 0.130, 0.108, 0.078, 0.307, 0.157),
        "Att2in": (0.248, 0.134, 0.116, 0.091, 0.309, 0.162),
        "AdaAtt": (0.284, 0.207, 0.150, 0.126, 0.311, 0.165),
        "R2Gen": (0.470, 0.304, 0.219, 0.165, 0.371, 0.187),
        "XPRONET": (0.478, 0.308, 0.223, 0.168, 0.376, 0.190),
        "EGGCA-Net": (0.482, 0.314, 0.224, 0.167, 0.372, 0.186),
        "MET": (0.483, 0.322, 0.228, 0.172, 0.380, 0.192),
        "R2GenGPT": (0.488, 0.316, 0.228, 0.173, 0.377, 0.211),
        "Base-1": (0.484, 0.318, 0.226, 0.170, 0.376, 0.206),
        "Base-2": (0.491, 0.323, 0.231, 0.175, 0.381, 0.213),
        "Base-3": (0.493, 0.323, 0.232, 0.176, 0.383, 0.215),
        "Gaze2Report": (0.495, 0.326, 0.235, 0.178, 0.386, 0.218),
    },
)

TABLE_1_MIMIC_CXR = _rows(
    _NLG,
    {
        "ST": (0.308, 0.190, 0.125, 0.088, 0.256, 0.122),
        "Att2in": (0.314, 0.198, 0.133, 0.095, 0.264, 0.122),
        "AdaAtt": (0.314, 0.198, 0.132, 0.094, 0.267, 0.128),
        "R2Gen": (0.353, 0.218, 0.145, 0.103, 0.277, 0.142),
        "XPRONET": (0.346, 0.213, 0.147, 0.104, 0.280, 0.136),
        "EGGCA-Net": (0.364, 0.228, 0.157, 0.107, 0.278, 0.146),
        "MET": (0.386, 0.250, 0.169, 0.124, 0.291, 0.152),
        "R2GenGPT": (0.411, 0.267, 0.186, 0.134, 0.297, 0.160),
        "Base-1": (0.407, 0.262, 0.183, 0.132, 0.294, 0.157),
        "Base-2": (0.413, 0.268, 0.188, 0.135, 0.298, 0.163),
        "Base-3": (0.414, 0.269, 0.190, 0.136, 0.301, 0.165),
        "Gaze2Report": (0.419, 0.272, 0.192, 0.137, 0.303, 0.167),
    },
)

TABLE_2_REFLACX = _rows(
    _NLG_OF_REFLACX,
    {
        "Base-1, gaze absent": (0.354, 0.226, 0.163, 0.109, 0.151),
        "Mask, gaze present": (0.365, 0.234, 0.168, 0.115, 0.158),
        "Unmask, gaze present": (0.366, 0.237, 0.170, 0.117, 0.160),
        "Base-2, gaze present": (0.372, 0.240, 0.174, 0.120, 0.164),
        "Base-3, gaze present": (0.374, 0.242, 0.176, 0.122, 0.165),
        "Gaze2Report, gaze present": (0.375, 0.243, 0.177, 0.123, 0.167),
        "Base-2, gaze absent": (0.363, 0.233, 0.168, 0.114, 0.157),
        "Base-3, gaze absent": (0.367, 0.236, 0.168, 0.116, 0.159),
        "Gaze2Report, gaze absent": (0.369, 0.237, 0.170, 0.117, 0.161),
    },
)

TABLE_2_MIMIC_CXR = _rows(
    _CLINICAL,
    {
        "R2Gen": (0.728, 0.396, 0.307, 0.346),
        "EGGCA-Net": (0.706, 0.569, 0.535, 0.551),
        "MET": (0.753, 0.364, 0.309, 0.334),
        "R2GenGPT": (0.772, 0.392, 0.387, 0.389),
        "Base-1": (0.759, 0.405, 0.384, 0.393),
        "Base-2": (0.773, 0.442, 0.417, 0.428),
        "Base-3": (0.781, 0.450, 0.426, 0.437),
        "Gaze2Report": (0.786, 0.457, 0.431, 0.444),
    },
)
"""By CheXbert's labels, over all 14."""

PAPER_FIGURES = {f"{name}, IU X-Ray test split": figures for name, figures in TABLE_1_IU_X_RAY.items()}
"""The paper's rows that stand in one table with what is measured on IU X-Ray."""

OTHER_TABLES = {
    "MIMIC-CXR, n-gram scores (the paper's Table 1)": TABLE_1_MIMIC_CXR,
    "REFLACX (the paper's Table 2a)": TABLE_2_REFLACX,
    "MIMIC-CXR, clinical figures (the paper's Table 2b)": TABLE_2_MIMIC_CXR,
}
"""Cited beside, from collections that are not open."""
