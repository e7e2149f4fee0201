"""Films of a study: in which place each belongs, and what the model sees of them, computed once.

- `places`: the frontal and the lateral, told apart by what their files say
- `looks`, `doubts`: what a film looks like to the model, and what is said of it then
- `patches`, `sides`: the film as the patch encoder and the reader of sides see it
- `cache`: what was computed of the last few films
"""
