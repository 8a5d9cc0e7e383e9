"""Stories: online clustering of the stream across outlets and registers, with explained links."""

from nlp.stories.index import StoryIndex, Thresholds
from nlp.stories.themes import Burst

__all__ = ["Burst", "StoryIndex", "Thresholds"]
