"""The recorded day of a fictional province, for a first look and for training analysts."""
