"""The conditions for sharing data, explained by rules that are data.

`facts.py` says what is known of an entry and of who asks, `conditions.py` is the small engine, `rules.py` reads the
files in `data/sharing/`, and `explain.py` puts them together. Nothing here reads a database or the time.
"""
