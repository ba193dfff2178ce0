"""Whole applications to try the package with."""
