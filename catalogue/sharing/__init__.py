"""The conditions for sharing data, explained by rules that are data.

`facts.py` is what the asker said, `reading.py` turns that and an entry into facts, `conditions.py` is the small engine,
`rules.py` reads the files in `data/sharing/` into the `book.py`, and `explain.py` makes an `explanation.py` of it all.
Nothing here reads a database or the time.
"""
