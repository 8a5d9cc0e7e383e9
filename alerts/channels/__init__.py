"""Channels: one folder each with a transport and its tests; copy one to add another."""
