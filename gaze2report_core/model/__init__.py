"""The architecture of Gaze2Report (arXiv:2604.08600, section 2) in torch.

In shapes, B is the number of films or studies, N that of patches, D the width of a patch and W that of a node or of a
layer. Of texts, P is the length of a prompt, V the number of visual-gaze tokens in it, R the length of a report, T
that of all so far, Q that of a query, and E the width of the language model. Of scanpaths, L is the number of
fixations, K that of foci, F = 2K that of foci with their twins, M that of pooled patches, and R that of readers.
"""

from gaze2report_core.model.torchvision_on_cpu import declare_torchvision_operators

declare_torchvision_operators()
