"""The screens, one module per matter."""
