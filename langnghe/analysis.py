"""What we inferred from a document, with the model's name and version and the evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from langnghe.document import Document


class Topic(StrEnum):
    """The nineteen sectors of the annotation guide."""

    Y_TE = "y_te"
    GIAO_DUC = "giao_duc"
    GIAO_THONG = "giao_thong"
    DO_THI_DAT_DAI = "do_thi_dat_dai"
    MOI_TRUONG_THIEN_TAI = "moi_truong_thien_tai"
    KINH_TE = "kinh_te"
    LAO_DONG_AN_SINH = "lao_dong_an_sinh"
    AN_NINH_TRAT_TU = "an_ninh_trat_tu"
    PHAP_LUAT = "phap_luat"
    HANH_CHINH = "hanh_chinh"
    NONG_NGHIEP = "nong_nghiep"
    NANG_LUONG = "nang_luong"
    CONG_NGHE = "cong_nghe"
    VAN_HOA_DU_LICH = "van_hoa_du_lich"
    GIAI_TRI = "giai_tri"
    THE_THAO = "the_thao"
    THE_GIOI = "the_gioi"
    QUOC_PHONG_DOI_NGOAI = "quoc_phong_doi_ngoai"
    DOI_SONG = "doi_song"


class Tone(StrEnum):
    """How the reported matter strikes an ordinary reader."""

    NEGATIVE = "neg"
    NEUTRAL = "neu"
    POSITIVE = "pos"


class Stance(StrEnum):
    """What the text implies about a Vietnamese public authority or service in its public role."""

    NONE = "na"
    NEGATIVE = "neg"
    NEUTRAL = "neu"
    POSITIVE = "pos"


class Intent(StrEnum):
    """What the writer of a post or comment mainly wants."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    QUESTION = "question"
    PRAISE = "praise"
    OTHER = "other"


@dataclass(frozen=True)
class SentenceStance:
    """What one sentence of a long article says of one authority (``agency`` is its name)."""

    agency: str
    value: str
    confidence: float
    sentence: str


@dataclass(frozen=True)
class Label:
    """One automatic label: the best guess, a calibrated confidence and the words that led to it.

    ``is_unsure`` means that the product says "chưa rõ"; ``value`` then still is the best guess.
    ``sentences`` tell the stance of a long article sentence by sentence, for those that name an
    authority and are sure.
    """

    value: str
    confidence: float
    evidence: tuple[str, ...] = ()
    is_unsure: bool = False
    sentences: tuple[SentenceStance, ...] = ()


@dataclass(frozen=True)
class PlaceMention:
    """A unit named in the text. ``code`` is "" while the ambiguity is left open.

    ``level`` is province, district (before 01/7/2025) or commune; ``valid_until`` is an ISO date
    for a unit that no longer exists; ``province`` is the code of today's province.
    """

    text: str
    name: str
    level: str
    code: str = ""
    province: str = ""
    valid_until: str = ""


@dataclass(frozen=True)
class AgencyMention:
    """A public body, or an office-holder in role, named in the text; never a private person."""

    text: str
    name: str
    kind: str
    place: str = ""
    role: str = ""


@dataclass(frozen=True)
class Importance:
    """How likely an editor who knows only this report would call it worth watching (level 1 or
    more) and in need of attention (level 2 or more); both from 0 to 1, calibrated."""

    watch: float
    attention: float


@dataclass(frozen=True)
class Analysis:
    """All that was inferred from one revision of one document."""

    document_id: str
    revision: int
    topic: Label
    tone: Label
    stance: Label
    intent: Label | None
    places: tuple[PlaceMention, ...] = ()
    agencies: tuple[AgencyMention, ...] = ()
    language: str = "vi"
    model: str = ""
    model_version: str = ""
    analysed_at: datetime | None = None
    keywords: tuple[str, ...] = ()
    importance: Importance | None = None
    """None where no model judged it: posts, and news that the linear backend settled alone."""
    corrected: Mapping[str, str] = field(default_factory=dict)
    """Labels that a person corrected, by name; they win over the machine's and are kept apart."""

    def value_of(self, name: str) -> str:
        """Return label ``name`` (topic, tone, stance, intent) as people see it."""
        if name in self.corrected:
            return self.corrected[name]
        label: Label | None = getattr(self, name)
        return label.value if label is not None else ""


@dataclass(frozen=True)
class AnalysedDocument:
    """A document, its analysis, story and claims: what is indexed, searched and matched."""

    document: Document
    analysis: Analysis | None = None
    story_id: str = ""
    claim_ids: tuple[str, ...] = ()

    def field_values(self, name: str) -> tuple[str, ...]:
        """Return the exact-match values of a query field such as ``topic`` or ``place``."""
        return _FIELDS[name](self)


def _label(name: str) -> _FieldReader:
    def read(item: AnalysedDocument) -> tuple[str, ...]:
        value = item.analysis.value_of(name) if item.analysis else ""
        return (value,) if value else ()

    return read


def _places(item: AnalysedDocument) -> tuple[str, ...]:
    if item.analysis is None:
        return ()
    seen = dict.fromkeys(v for p in item.analysis.places for v in (p.code, p.name) if v)
    return tuple(seen)


def _provinces(item: AnalysedDocument) -> tuple[str, ...]:
    found = [item.document.province] if item.document.province else []
    if item.analysis is not None:
        found += [p.province for p in item.analysis.places if p.province]
    return tuple(dict.fromkeys(found))


def _agencies(item: AnalysedDocument) -> tuple[str, ...]:
    if item.analysis is None:
        return ()
    return tuple(dict.fromkeys(a.name for a in item.analysis.agencies))


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


_FieldReader = Callable[[AnalysedDocument], tuple[str, ...]]

_FIELDS: dict[str, _FieldReader] = {
    "outlet": lambda item: _one(item.document.outlet),
    "source": lambda item: _one(item.document.source_id),
    "kind": lambda item: _one(item.document.kind.value),
    "channel": lambda item: _one(item.document.channel.value),
    "province": _provinces,
    "place": _places,
    "agency": _agencies,
    "topic": _label("topic"),
    "tone": _label("tone"),
    "stance": _label("stance"),
    "intent": _label("intent"),
    "story": lambda item: _one(item.story_id),
    "claim": lambda item: item.claim_ids,
}

EXACT_FIELDS = frozenset(_FIELDS)
