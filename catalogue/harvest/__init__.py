"""How entries come in and go out in bulk: read, map, stage, check, merge.

`jsonlines.py` and `spreadsheet.py` read and write the two file forms; `catalogue/rows.py` maps one row of any of them
to an entry and says what was wrong with it; `run.py` stages what was read and merges it in one transaction.
"""
