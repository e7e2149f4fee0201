"""The tables. Rows are added, never changed or removed: the database itself refuses both, unless `erasing.py` asks.

Every column says what it holds (`comment`); PostgreSQL keeps the comments too.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its time zone. SQLite keeps none, so all are stored in UTC and come back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without a time zone cannot be kept: give it in UTC.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC) if value is not None else None


_json = JSON(none_as_null=True)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: _json, list[Any]: _json}  # noqa: RUF012


class Film(Base):
    """Pixels of one film, kept once however often it is opened."""

    __tablename__ = "film"

    content_hash: Mapped[str] = mapped_column(
        String(128), primary_key=True, comment="SHA-256 over the de-identified pixels"
    )
    file_name: Mapped[str] = mapped_column(
        String(160), comment="name within the films folder: the content hash and the encoding's ending"
    )
    encoding: Mapped[str] = mapped_column(
        String(16), comment="png16: 16-bit grey PNG, value = pixel + offset; npy: float32 values"
    )
    offset: Mapped[float] = mapped_column(comment="added to a png16 pixel to get the film's own value; 0 for npy")
    rows: Mapped[int] = mapped_column(comment="height in pixels")
    columns: Mapped[int] = mapped_column(comment="width in pixels")
    stored_at: Mapped[datetime] = mapped_column(comment="when the pixels were first stored, UTC")


class Case(Base):
    """One reader opened one study: a frontal film and perhaps a lateral."""

    __tablename__ = "reading_case"  # CASE is a reserved word in SQL

    id: Mapped[str] = mapped_column(String(36), primary_key=True, comment="a random UUID")
    study: Mapped[str] = mapped_column(
        String(36), unique=True, comment="random id that leaves with the export; leads back to no patient or reader"
    )
    reader: Mapped[str] = mapped_column(
        String(128), index=True, comment="pseudonymous id of the browser, or the account's name when signed in"
    )
    frontal_hash: Mapped[str] = mapped_column(ForeignKey("film.content_hash"), comment="the film that is reported on")
    lateral_hash: Mapped[str | None] = mapped_column(
        ForeignKey("film.content_hash"), comment="the lateral film, where there is one"
    )
    frontal_description: Mapped[dict[str, Any]] = mapped_column(
        comment="allow-listed technical facts, view, inversion, windows, VOI function and warnings of the frontal film"
    )
    lateral_description: Mapped[dict[str, Any] | None] = mapped_column(comment="the same for the lateral film")
    opened_at: Mapped[datetime] = mapped_column(comment="when the case was opened, UTC")


class ReadFirstCase(Base):
    """A case whose gaze, findings and drafts were withheld until its reader asked for them; others have no row here."""

    __tablename__ = "read_first"

    id: Mapped[str] = mapped_column(ForeignKey("reading_case.id"), primary_key=True, comment="the id of the case")
    begun_at: Mapped[datetime] = mapped_column(comment="when its film came to the screen, UTC")
    seen_before: Mapped[bool] = mapped_column(
        comment="whether the reader had been shown by then, in another case, what the model says of the frontal film"
    )


class MachineShown(Base):
    """The reader was shown what had been withheld in a case, on the page or in a line of their export.

    A case in which they never were has no row here.
    """

    __tablename__ = "machine_shown"

    id: Mapped[str] = mapped_column(ForeignKey("read_first.id"), primary_key=True, comment="the id of the case")
    shown_at: Mapped[datetime] = mapped_column(comment="when it was shown first, UTC")
    text: Mapped[str] = mapped_column(Text, comment="what the reader had written by then; may be empty")


class Drafts(Base):
    """The two reports that the model wrote for a case in one pass, and the gaze that it used."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, comment="a random UUID")
    case_id: Mapped[str] = mapped_column(ForeignKey("reading_case.id"), index=True, comment="the case reported on")
    gaze_on: Mapped[str] = mapped_column(Text, comment="the report written with gaze")
    gaze_off: Mapped[str] = mapped_column(Text, comment="the report written without gaze")
    fixations: Mapped[list[Any]] = mapped_column(
        comment="the scanpath used: x and y in 0..1 of the film, duration in seconds, in order"
    )
    gaze_source: Mapped[str] = mapped_column(String(16), comment="predicted, recorded or edited")
    patch_durations: Mapped[list[Any]] = mapped_column(
        comment="14 rows of 14 sums of fixation time in seconds, as the model saw them"
    )
    model_id: Mapped[str] = mapped_column(String(256), comment="Hub id or folder name of the model")
    model_revision: Mapped[str] = mapped_column(
        String(64), comment="commit on the Hub, or hash of the folder's content"
    )
    settings: Mapped[dict[str, Any]] = mapped_column(comment="decoding settings: method, temperature, seed and so on")
    started_at: Mapped[datetime] = mapped_column(comment="when writing the drafts began, UTC")
    added_at: Mapped[datetime] = mapped_column(comment="when this row was added, UTC")


class ClassifierReading(Base):
    """What the classifier of findings gave for a pair of drafts, and what the reader had said of findings by then."""

    __tablename__ = "classifier_reading"

    id: Mapped[str] = mapped_column(
        ForeignKey("drafts.id"), primary_key=True, comment="the id of the drafts that were written with it"
    )
    findings: Mapped[list[Any]] = mapped_column(
        comment="for each of the 14 labels: finding, probability, low, high, threshold, side, regions, gaze_seconds"
    )
    confirmed: Mapped[dict[str, Any]] = mapped_column(
        comment="labels that the reader had confirmed (true) or rejected (false) when the drafts were written"
    )


class ToldSides(Base):
    """On which sides the reader had said by then that findings are; drafts that were told of no such side have none."""

    __tablename__ = "told_sides"

    id: Mapped[str] = mapped_column(
        ForeignKey("drafts.id"), primary_key=True, comment="the id of the drafts that were written with it"
    )
    sides: Mapped[dict[str, Any]] = mapped_column(comment="labels with right, left, both or none")


class AskedGaze(Base):
    """What was looked for in the gaze of a pair of drafts; drafts whose gaze was predicted for no query have none."""

    __tablename__ = "asked_gaze"

    id: Mapped[str] = mapped_column(
        ForeignKey("drafts.id"), primary_key=True, comment="the id of the drafts that were written with this gaze"
    )
    query: Mapped[str] = mapped_column(Text, comment="a finding or phrase, in the words of the reader who asked")
    share: Mapped[float] = mapped_column(comment="its say in the map of fixation times, above 0 and up to 1")


class FindingVerdict(Base):
    """A reader confirmed a finding, rejected it, or took that back. The highest number counts for its finding."""

    __tablename__ = "finding_verdict"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, comment="a random UUID")
    case_id: Mapped[str] = mapped_column(ForeignKey("reading_case.id"), comment="the case it was said of")
    number: Mapped[int] = mapped_column(comment="1, 2, 3 … within the case; two writers cannot take the same")
    reader: Mapped[str] = mapped_column(String(128), index=True, comment="who said it")
    finding: Mapped[str] = mapped_column(String(64), comment="one of the 14 labels")
    verdict: Mapped[str] = mapped_column(String(16), comment="confirmed, rejected, or undecided when taken back")
    given_at: Mapped[datetime] = mapped_column(comment="when it was said, UTC")


class FindingSide(Base):
    """On which side the reader saw the finding that they confirmed; who left that to the classifier has no row."""

    __tablename__ = "finding_side"

    id: Mapped[str] = mapped_column(
        ForeignKey("finding_verdict.id"), primary_key=True, comment="the id of the verdict that it was said with"
    )
    side: Mapped[str] = mapped_column(
        String(16), comment="of the patient: right, left or both; none where none is meant"
    )


class Revision(Base):
    """One saved state of a reader's text."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("drafts_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, comment="a random UUID")
    drafts_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), comment="the drafts that are being corrected")
    number: Mapped[int] = mapped_column(comment="1, 2, 3 … within the drafts; two writers cannot take the same")
    base_number: Mapped[int] = mapped_column(comment="the revision the edit began from; 0 is the draft itself")
    reader: Mapped[str] = mapped_column(String(128), index=True, comment="who wrote it")
    started_from: Mapped[str] = mapped_column(
        String(16), comment="gaze_on or gaze_off: the draft the edit began with; empty: it began with none"
    )
    text: Mapped[str] = mapped_column(Text, comment="the whole text as it stood")
    saved_at: Mapped[datetime] = mapped_column(comment="when it was saved, UTC")


class GivenReasons(Base):
    """Why a reader changes a draft, as given so far. What was given last for a case counts until it is signed off."""

    __tablename__ = "given_reasons"
    __table_args__ = (UniqueConstraint("drafts_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, comment="a random UUID")
    drafts_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), comment="the drafts that are being corrected")
    number: Mapped[int] = mapped_column(comment="1, 2, 3 … within the drafts; two writers cannot take the same")
    reader: Mapped[str] = mapped_column(String(128), index=True, comment="who gave them")
    reasons: Mapped[list[Any]] = mapped_column(comment="the same words as in submission")
    note: Mapped[str] = mapped_column(Text, comment="the reader's own words on the reasons; may be empty")
    given_at: Mapped[datetime] = mapped_column(comment="when they were given, UTC")


class Submission(Base):
    """A signed-off correction. A later one for the same drafts supersedes it, and both stay."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("drafts_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, comment="a random UUID")
    drafts_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), comment="the drafts that were corrected")
    number: Mapped[int] = mapped_column(comment="1, 2, 3 … within the drafts; the highest is the one that counts")
    revision_id: Mapped[str] = mapped_column(
        ForeignKey("revision.id"), comment="the revision whose text was signed off"
    )
    reader: Mapped[str] = mapped_column(String(128), index=True, comment="who signed it off")
    reasons: Mapped[list[Any]] = mapped_column(
        comment="false_finding, missed_finding, wrong_location, wrong_severity, style, other"
    )
    note: Mapped[str] = mapped_column(Text, comment="the reader's own words on the reasons; may be empty")
    submitted_at: Mapped[datetime] = mapped_column(comment="when it was signed off, UTC")


class Event(Base):
    """What else happened, for reading-time studies and the audit trail."""

    __tablename__ = "event"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, comment="a random UUID")
    reader: Mapped[str] = mapped_column(
        String(128),
        index=True,
        comment="who did it; whose account a wrong password was for; whose lines left with the operator's export",
    )
    kind: Mapped[str] = mapped_column(String(64), comment="what happened, one of EventKind")
    case_id: Mapped[str | None] = mapped_column(ForeignKey("reading_case.id"), comment="the case it belongs to, if any")
    drafts_id: Mapped[str | None] = mapped_column(ForeignKey("drafts.id"), comment="the drafts it belongs to, if any")
    details: Mapped[dict[str, Any]] = mapped_column(comment="figures that belong to the event; no names, no texts")
    happened_at: Mapped[datetime] = mapped_column(comment="when it happened, UTC")


class RecordsVersion(Base):
    """The form of these tables. The highest version counts."""

    __tablename__ = "records_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="1, 2, 3 …, as in schema.py")
    noted_at: Mapped[datetime] = mapped_column(comment="when a program of that version first opened the records, UTC")
