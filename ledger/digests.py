"""Digests in the ledger: one row per (period, recipient), the analyst's edits, what users want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from django.contrib.auth.models import User

from alerts.model import Attachment, Delivery, Message, Recipient, delivery_id
from langnghe.errors import ConfigError, LangNgheError
from langnghe.links import RoomLinks
from langnghe.wording import TOPIC_LABELS
from ledger import audit, deliveries
from ledger.border import reading, writing
from ledger.clustering import resolve
from ledger.mapping import storable
from ledger.models import DigestChoiceRow, DigestEditRow, DigestRow
from reports.digest import Digest, DigestFacts, StoryWords
from reports.periods import KINDS, Period
from reports.render import CHART_ID, RenderedDigest


@dataclass(frozen=True)
class DigestChoice:
    """Which digests a user wants, and of which topics and places; none named = of everything."""

    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class DigestEdits:
    """What the analyst changed in a draft: a remark, an order, stories left out, words of top
    stories by story, or a hold; and who saved it last, when."""

    remark: str = ""
    story_order: tuple[str, ...] = ()
    hidden_story_ids: tuple[str, ...] = ()
    is_held: bool = False
    words: Mapping[str, StoryWords] = field(default_factory=dict)
    edited_by: str = ""
    edited_at: datetime | None = None

    @property
    def version(self) -> str:
        """What tells this state of the draft from a later one; "" before the first change."""
        return f"{self.edited_at.isoformat()} {self.edited_by}" if self.edited_at else ""


class DraftChanged(LangNgheError):
    """Somebody else saved the draft meanwhile; nothing was written."""

    code = "draft-changed"


@dataclass(frozen=True)
class WrittenWords:
    """What an analyst wrote in place of ``original``, the machine's words."""

    text: str
    original: str


FIELDS = ("what", "why", "action")
_Written = Mapping[str, Mapping[str, WrittenWords]]


@reading
def missing_recipients(period: Period, recipients: Sequence[Recipient]) -> list[Recipient]:
    """Return who has not got a digest of ``period`` yet, each address once."""
    served = set(DigestRow.objects.filter(period_key=period.key).values_list("address", flat=True))
    wanted = {r.address: r for r in recipients if r.address not in served}
    return list(wanted.values())


@writing
def record_digest(
    digest: Digest, mail: RenderedDigest, recipient: Recipient, links: RoomLinks, now: datetime
) -> bool:
    """Store a recipient's digest and put its mail in the outbox, both or neither.

    Returns False, changing nothing, when the recipient already has the period's digest.
    """
    period = digest.facts.period
    _row, is_new = DigestRow.objects.get_or_create(
        period_key=period.key,
        address=recipient.address,
        defaults={
            "kind": period.kind,
            "period_start_at": period.start_at,
            "period_end_at": period.end_at,
            "recipient": recipient.name,
            "subject": mail.subject,
            "html": mail.html,
            "text": mail.text,
            "chart_png": mail.chart_png,
            "story_ids": [story.story_id for story in digest.top],
            "made_at": now,
        },
    )
    if is_new:
        message = digest_message(digest, mail, recipient, links, now)
        sending = Delivery(
            id=delivery_id(period.key, period.kind, recipient.channel, recipient.address),
            message=message,
            recipient=recipient,
            due_at=now,
        )
        deliveries.add_deliveries([sending], now, digest_key=period.key)
    return is_new


def digest_message(
    digest: Digest, mail: RenderedDigest, recipient: Recipient, links: RoomLinks, now: datetime
) -> Message:
    """Return the channel-neutral message of a digest to one recipient."""
    chart = Attachment("bieu-do.png", "image/png", mail.chart_png, CHART_ID)
    return Message(
        key=f"{digest.facts.period.key}-{recipient.channel}-{recipient.address}",
        subject=mail.subject,
        level=0,
        what=digest.volume_sentence,
        why_now=(),
        how_big=(),
        where=(),
        headlines=(),
        asked="",
        button_label="Mở phòng theo dõi",
        button_url=links.room(),
        made_at=now,
        attachments=(chart,) if mail.chart_png else (),
        html=mail.html,
        text=mail.text,
    )


@reading
def edits_of(period_key: str) -> DigestEdits:
    """Return what the analyst changed in the draft of a period; of a story that was merged since it
    holds for the one that lives."""
    row = DigestEditRow.objects.filter(pk=period_key).first()
    if row is None:
        return DigestEdits()
    return DigestEdits(
        row.remark,
        tuple(map(resolve, row.story_order)),
        tuple(map(resolve, row.hidden_story_ids)),
        row.is_held,
        {resolve(story_id): _words_from(fields) for story_id, fields in row.words.items()},
        row.edited_by,
        row.edited_at,
    )


@reading
def written_in(period_key: str) -> dict[str, dict[str, WrittenWords]]:
    """Return by story and field what was written in a draft, with the machine's words."""
    row = DigestEditRow.objects.filter(pk=period_key).first()
    if row is None:
        return {}
    return {
        story_id: {name: WrittenWords(**known) for name, known in fields.items()}
        for story_id, fields in row.words.items()
    }


@writing
def save_edits(
    period_key: str,
    edits: DigestEdits,
    actor: str,
    now: datetime,
    machine: Mapping[str, StoryWords] | None = None,
    began_from: str | None = None,
) -> None:
    """Keep the analyst's changes of a draft, each is audited.

    ``began_from`` is the version that the analyst saw. Raises DraftChanged where it is no longer
    the one that stands; None asks nothing. ``machine`` are the words that would stand without the
    analyst's, by story: they are kept beside what is written now, and the log tells each change of
    words.
    """
    standing = DigestEditRow.objects.select_for_update().filter(pk=period_key).first()
    if began_from is not None and began_from != _version(standing):
        raise DraftChanged(period_key)
    before = written_in(period_key)
    words = {
        story_id: fields
        for story_id, written in edits.words.items()
        if (fields := _written(written, (machine or {}).get(story_id), before.get(story_id, {})))
    }
    DigestEditRow.objects.update_or_create(
        pk=period_key,
        defaults={
            "remark": edits.remark,
            "story_order": list(edits.story_order),
            "hidden_story_ids": list(edits.hidden_story_ids),
            "words": {
                story_id: {name: asdict(known) for name, known in fields.items()}
                for story_id, fields in words.items()
            },
            "is_held": edits.is_held,
            "edited_by": actor,
            "edited_at": now,
        },
    )
    audit.record(actor, "digest.edit", period_key, now)
    for change in _changes(before, words):
        audit.record(actor, "digest.words", period_key, now, change)


def _version(row: DigestEditRow | None) -> str:
    return DigestEdits(edited_by=row.edited_by, edited_at=row.edited_at).version if row else ""


def _written(
    written: StoryWords, machine: StoryWords | None, before: Mapping[str, WrittenWords]
) -> dict[str, WrittenWords]:
    """Return the fields that a person wrote; the first original stays while they are written."""
    found: dict[str, WrittenWords] = {}
    for name in FIELDS:
        text = storable(str(getattr(written, name)))
        if text:
            known = before.get(name)
            original = known.original if known else str(getattr(machine, name, ""))
            found[name] = WrittenWords(text, storable(original))
    return found


def _changes(before: _Written, after: _Written) -> Iterator[dict[str, audit.Detail]]:
    """Yield each change of words; where nobody wrote, the machine's words are what stood."""
    for story_id in sorted({*before, *after}):
        for name in FIELDS:
            was, became = (kept.get(story_id, {}).get(name) for kept in (before, after))
            original = next((known.original for known in (was, became) if known), "")
            texts = [known.text if known else original for known in (was, became)]
            if was != became and texts[0] != texts[1]:
                yield {"story": story_id, "field": name, "before": texts[0], "after": texts[1]}


def _words_from(fields: Mapping[str, Mapping[str, str]]) -> StoryWords:
    return StoryWords(**{name: known["text"] for name, known in fields.items()})


def apply_edits(facts: DigestFacts, edits: DigestEdits) -> DigestFacts:
    """Return the facts without the stories that the analyst left out."""
    hidden = set(edits.hidden_story_ids)
    return replace(facts, stories=tuple(s for s in facts.stories if s.story.id not in hidden))


@reading
def choices() -> dict[str, DigestChoice]:
    """Return what users chose, by user name; who chose nothing gets what the role gets."""
    rows = DigestChoiceRow.objects.select_related("user")
    return {
        row.user.get_username(): DigestChoice(
            tuple(row.kinds), tuple(row.topics), tuple(row.places)
        )
        for row in rows
    }


@writing
def save_choice(username: str, choice: DigestChoice, actor: str, now: datetime) -> None:
    """Keep which digests a user wants. Raises ConfigError for an unknown kind, topic or user."""
    user = User.objects.filter(username=username, member__isnull=False).first()
    if user is None or set(choice.kinds) - set(KINDS) or set(choice.topics) - set(TOPIC_LABELS):
        raise ConfigError(f"digests of {username!r}: unknown user, kind or topic")
    DigestChoiceRow.objects.update_or_create(
        user=user,
        defaults={
            "kinds": list(choice.kinds),
            "topics": list(choice.topics),
            "places": list(choice.places),
            "changed_at": now,
            "changed_by": actor,
        },
    )
    audit.record(actor, "digest.choose", username, now, {"kinds": list(choice.kinds)})
