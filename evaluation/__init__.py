"""Measurements of understanding over case files; each prints one JSON line of totals last."""
