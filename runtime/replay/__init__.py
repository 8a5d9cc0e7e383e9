"""A recorded stream served as a small news site on loopback: our instrument for tests and demos."""
