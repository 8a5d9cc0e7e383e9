"""The crawlers: read what the office may lawfully read, politely, and never trust the input."""
