"""Named duties that one process at a time may hold, such as assigning stories or ticking."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from ledger.border import writing
from ledger.models import LeaseRow


@writing
def acquire(name: str, owner: str, now: datetime, lease_s: float) -> bool:
    """Take or renew a duty; False while somebody else holds it.

    One statement decides, so of two who ask at once exactly one gets it. The holder renews it
    well before ``lease_s`` is over; a dead holder's duty is free after that. ``now`` is the
    machine's clock; a lease that ends later than one taken now was taken before the clock was set
    back, and is free too.
    """
    until = now + timedelta(seconds=lease_s)
    _, is_new = LeaseRow.objects.get_or_create(
        name=name, defaults={"owner": owner, "until_at": until}
    )
    mine = LeaseRow.objects.filter(
        Q(owner=owner) | Q(until_at__lte=now) | Q(until_at__gt=until), name=name
    )
    return is_new or bool(mine.update(owner=owner, until_at=until))


@writing
def release(name: str, owner: str) -> None:
    """Give a duty back early, if it still is ours."""
    LeaseRow.objects.filter(name=name, owner=owner).delete()
