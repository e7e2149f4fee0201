"""The schema of the export: corrections, and findings that were judged without one; one JSON object a line."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from app.records.reasons import Reason, StartedFrom
from app.records.verdicts import Verdict
from gaze2report_core.findings import Finding, Laterality, Side
from gaze2report_core.findings.places.regions import Region
from gaze2report_core.gaze import GRID

_LINE_BREAKS_WITHIN_TEXT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\u0085\u2028\u2029\u007f"}


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs its time zone")
    return moment.astimezone(UTC)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _known_reason(entry: str) -> str:
    Reason(entry.partition(": ")[0] if entry.startswith(f"{Reason.OTHER}: ") else entry)
    return entry


Moment = Annotated[datetime, AfterValidator(_in_utc), PlainSerializer(_iso, return_type=str)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{16,128}$")]
PatchRow = Annotated[list[Seconds], Field(min_length=GRID, max_length=GRID)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FilmHashes(Part):
    frontal: Hash = Field(description="SHA-256 over the frontal film's de-identified pixels")
    lateral: Hash | None = Field(description="the same of the lateral film, or null")


class DraftTexts(Part):
    gaze_on: str = Field(description="the report written with gaze")
    gaze_off: str = Field(description="the report written without gaze")


class Fixation(Part):
    x: Share = Field(description="from the film's left edge, in 0..1 of its width")
    y: Share = Field(description="from the film's upper edge, in 0..1 of its height")
    duration: Seconds = Field(description="seconds")


class GazeQuery(Part):
    """Since version 4."""

    model_config = ConfigDict(hide_input_in_errors=True)  # a reader's words, which may name a patient, are in no log

    query: Annotated[str, StringConstraints(min_length=1)] = Field(
        repr=False, description="a finding or phrase, in the words of the reader who asked where one would look for it"
    )
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = Field(
        description="its say in `patch_durations`; the rest is what was on the film before"
    )


class ModelVersion(Part):
    id: str = Field(description="Hub id or folder name")
    revision: str = Field(description="commit on the Hub, or hash of the folder's content")


class JudgedFinding(Part):
    """Since version 3 all but `probability` and the last `verdict`, since 5 `told_side` and `verdict_side`."""

    probability: Share = Field(description="what the classifier gave when the drafts were written, calibrated")
    threshold: Share = Field(description="the probability from which on the finding counts as there")
    side: Side | None = Field(description="the patient's side that the classifier saw it on, or null")
    regions: list[Region] = Field(description="where it is to be expected on that side, most typical first")
    told: Verdict = Field(description="what the model was told of it by the reader when it wrote the drafts")
    told_side: Laterality | None = Field(
        description="`right`, `left`, `both` or `none`, as the reader had said by then; null where they had not"
    )
    verdict: Verdict = Field(description="the reader's last word on it in this case")
    verdict_side: Laterality | None = Field(description="the same of the last word")


class ReadFirstReport(Part):
    """Since version 5."""

    blind: bool = Field(
        description="whether `corrected` was written before its reader was shown what the model says of the film"
    )
    shown_at: Moment | None = Field(description="when that was shown, ISO 8601, UTC; null where it never was")
    text: str = Field(description="what the reader had written by then, or `corrected` where it was never shown")
    seen_before: bool = Field(
        description="whether they had been shown it in an earlier study of the same film, so that nothing is blind"
    )


class StudyLine(Part):
    """What every line holds.

    Lines of a later `schema_version` may hold more: since 2 `findings`, since 3 `kind`, since 4 `gaze_query`, since 5
    `read_first` and the sides that readers say; since 5 `started_from` may be `empty`.
    """

    schema_version: Literal[5] = 5
    kind: Literal["correction", "verdicts"] = Field(description="what the reader did with these drafts")
    study: str = Field(description="random id of the case; leads back to no patient")
    film: FilmHashes
    drafts: DraftTexts
    scanpath: list[Fixation] = Field(description="the fixations the gaze-on draft was written with, in order")
    patch_durations: Annotated[list[PatchRow], Field(min_length=GRID, max_length=GRID)] = Field(
        description="fixation time in seconds on each of 14×14 patches: [row][column]"
    )
    gaze_source: Literal["predicted", "recorded", "edited"]
    gaze_query: GazeQuery | None = Field(
        description="what gaze was predicted for, and its share; null where it was not predicted for a query"
    )
    findings: dict[Finding, JudgedFinding] = Field(
        description="each of the 14 labels; empty where the model has no classifier of findings"
    )
    model: ModelVersion
    settings: dict[str, Any] = Field(
        description="decoding settings; `indication` is `given` where the model was told one, which itself is not kept"
    )
    reader: str = Field(description="pseudonymous id, or the account's name when signed in")
    started_at: Moment = Field(description="when writing the drafts began, ISO 8601, UTC")

    def to_json(self) -> str:
        """The line without its line feed. No sign in it ends a line for any reader of lines."""
        return self.model_dump_json().translate(_LINE_BREAKS_WITHIN_TEXT)


class CorrectionLine(StudyLine):
    """A report that was signed off."""

    kind: Literal["correction"] = "correction"
    draft: str = Field(description="the text that the edit started from; empty where it started from none")
    corrected: str = Field(description="the text that was signed off")
    started_from: StartedFrom = Field(description="which of the drafts the edit started from, or `empty`")
    read_first: ReadFirstReport | None = Field(
        description="where gaze, findings and drafts were withheld until asked for; null where they were shown at once"
    )
    reasons: list[Annotated[str, AfterValidator(_known_reason)]] = Field(
        description="classes of the change; free text follows its class: `other: …`"
    )
    submitted_at: Moment = Field(description="when the correction was signed off, ISO 8601, UTC")


class VerdictsLine(StudyLine):
    """Findings that were confirmed or rejected while no report of the study was signed off; the last drafts of it."""

    kind: Literal["verdicts"] = "verdicts"
    judged_at: Moment = Field(description="when the last verdict was given, ISO 8601, UTC")
