"""The architecture of Gaze2Report (arXiv:2604.08600, section 2) in torch."""

from gaze2report_core.model.torchvision_on_cpu import declare_torchvision_operators

declare_torchvision_operators()
