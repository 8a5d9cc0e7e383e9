"""Whether a document touches the office: its province, communes, agencies or words. Pure."""

from __future__ import annotations

from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile


def is_close(item: AnalysedDocument, profile: Profile) -> bool:
    """Return whether ``item`` is about the office's territory or bodies, or from its own sources.

    For the national profile nothing is closer than the rest.
    """
    if profile.is_national:
        return False
    doc, analysis = item.document, item.analysis
    if profile.province and doc.province == profile.province:
        return True
    if analysis is not None:
        if profile.province and any(p.province == profile.province for p in analysis.places):
            return True
        names = {place.name for place in analysis.places}
        if names & (set(profile.communes) | {place.name for place in profile.places}):
            return True
        if {agency.name for agency in analysis.agencies} & set(profile.agencies):
            return True
    head = f"{doc.title} {doc.lead or doc.text[:400]} {doc.parent_title}".casefold()
    wanted = (*profile.agencies, *profile.communes, *profile.keywords, profile.ministry)
    return any(word and word.casefold() in head for word in wanted)
