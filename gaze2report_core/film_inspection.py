"""What is seen of an examination before anything is written of it: the gaze that goes in, and the findings under it."""

from concurrent.futures import ThreadPoolExecutor

import torch

from gaze2report_core.examination import Examination, Gaze, WithoutFindings, WithoutTower, checked_gaze
from gaze2report_core.films.patches import FilmPatches
from gaze2report_core.films.sides import FilmSides
from gaze2report_core.findings.finder import FindingsFinder
from gaze2report_core.findings.reading import FindingsReading
from gaze2report_core.gaze import Scanpath, patch_durations_of
from gaze2report_core.gaze_prediction import GazePrediction


class FilmInspection:
    """Looks at films with predicted, recorded or edited gaze, or without; safe to be used by several threads."""

    def __init__(
        self, gaze: GazePrediction, finder: FindingsFinder | None, patches: FilmPatches, sides: FilmSides
    ) -> None:
        self._gaze = gaze
        self._finder = finder
        self._patches = patches
        self._sides = sides

    @property
    def has_findings(self) -> bool:
        """Whether there is a classifier of findings to ask."""
        return self._finder is not None

    def forget_unused(self) -> None:
        """Forget what was found on films that nobody has asked for in a while."""
        if self._finder is not None:
            self._finder.forget_unused()

    def gaze_on(self, examination: Examination, gaze: Gaze) -> Scanpath | None:
        """The scanpath that goes in; a lateral film alone has no gaze. Raises as `checked_gaze` does."""
        checked_gaze(gaze)
        if examination.frontal is None or gaze is None:
            return None
        return gaze if isinstance(gaze, Scanpath) else self._gaze.of_one_reader(examination.frontal, query=None)

    @torch.inference_mode()
    def gaze_and_findings(self, examination: Examination, gaze: Gaze) -> tuple[Scanpath | None, FindingsReading]:
        """The gaze that goes in, and what is found; towers look at films while gaze is predicted on another core.

        Raises
        ------
        WithoutFindings, WithoutTower
            When there is no classifier of findings, or not the one tower that the examination asks for.
        """
        finder = self._finder_for(examination)
        films = (examination.frontal, examination.lateral)
        with ThreadPoolExecutor(max_workers=1) as beside:
            looking = beside.submit(finder.look_at, *films)
            scanpath = self.gaze_on(examination, gaze)
            looking.result()
        durations = patch_durations_of(scanpath)
        return scanpath, finder.read(*films, durations, self._patches.of, self._sides.of, tower=examination.tower)

    def _finder_for(self, examination: Examination) -> FindingsFinder:
        if self._finder is None:
            raise WithoutFindings("This model has no classifier of findings: choose one with a folder `findings`.")
        towers = self._finder.towers
        if examination.tower is not None and examination.tower not in range(towers):
            raise WithoutTower(
                f"This model's classifier of findings has {towers} towers, and none that was trained without the "
                "fold of this study: let all of them be heard."
            )
        return self._finder
