"""Which findings a text or hand-given labels name, and whether they are stated, denied or doubted.

- `labeller`: the 14 labels of a sentence and of a report, by `phrases`, `assertion`, `organ_size` and `sides`
- `incidental`: the findings beside the 14, in texts and in hand-given labels
"""
