"""Places: today's provinces and communes, the units valid until 30/6/2025, and their names."""

from nlp.places.provinces import provinces_in

__all__ = ["provinces_in"]
