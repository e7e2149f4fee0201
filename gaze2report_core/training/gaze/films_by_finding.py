"""What is to be seen on frontal films, so that recordings can be paired with films that show what was looked for.

The films that the radiologists of GazeSearch looked at are not open. Each scanpath is therefore shown to the predictor
with another patient's film from IU X-Ray or NIH ChestX-ray14 that has the same finding, on the same side where both say
one. NIH says none: its films get a likely one. What is learnt is where readers look for a finding on films that show
it, not where this reader looked on this film.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from gaze2report_core.findings import Finding, Side, findings_of_mesh, findings_of_nih, side_of_each
from gaze2report_core.studies import Study
from gaze2report_core.training.gaze.gazesearch import FINDINGS_WITH_SIDES
from gaze2report_core.training.run.data_folder import NihFilm

OnFilm = Mapping[Finding, Side | None]
"""The findings of one film, each with its side where that is said."""


def on_film_of_study(study: Study) -> OnFilm:
    """By the labels that the annotators of IU X-Ray gave by hand."""
    return side_of_each(findings_of_mesh(study.mesh))


def on_film_of_nih(film: NihFilm, side: Side) -> OnFilm:
    """By the labels of NIH ChestX-ray14. They say no side: `side` is given to those findings that have one."""
    found = findings_of_nih(film.labels) - {Finding.NO_FINDING}
    return {finding: side if finding in FINDINGS_WITH_SIDES else None for finding in found}


class FilmsByFinding:
    """Frontal films by what is to be seen on them, as indices into a list of films."""

    def __init__(self, on_films: Sequence[OnFilm]) -> None:
        self.on_films = on_films
        self._films: dict[tuple[Finding, Side | None], list[int]] = defaultdict(list)
        for index, on_film in enumerate(on_films):
            for finding, side in on_film.items():
                self._films[finding, None].append(index)
                if side is not None:
                    self._films[finding, side].append(index)

    def films(self, finding: Finding, side: Side | None) -> list[int]:
        """Films with this finding on this side; with the finding on any side where no film says the side."""
        return self._films[finding, side] or self._films[finding, None]
