"""Where on a film findings lie.

- `anatomy`: the names of places in texts
- `geometry`: lungs and heart of one film; `placed_boxes`: these beside those that were marked by hand
- `regions`: seventeen regions of the thorax by that geometry, and where each finding is to be expected
"""
