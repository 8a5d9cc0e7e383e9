"""The shared vocabulary of LangNghe: what every room speaks, and nothing that touches the world."""

__version__ = "0.1.0"
