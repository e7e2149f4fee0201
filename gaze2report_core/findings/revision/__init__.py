"""How a report is held to what its prompt says.

- `report_revision`: the whole report, by all that follows
- `phrase_book`, `told_phrase`: the sentences that say what was told
- `denial`, `denial_list`: what a sentence denies, and the sentence without a part of that
- `laterality`, `lobes`, `placement`: sides and places that nobody told
- `readers_sides`: sides that a reader told, where the report leaves them out
- `devices`, `guesses`: what else nobody told
- `hedging`: what is less likely than not, said as possible
- `repetition`, `whole_sentences`: sentences that say again what was said, or that are none
"""
