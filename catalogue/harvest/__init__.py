"""How entries come in and go out in bulk: fetch, map, stage, check, merge.

`rows.py` maps one row of any file to an entry and says what was wrong with it; `jsonlines.py` and `spreadsheet.py`
read and write the two file forms; `run.py` stages what was read and merges it in one transaction.
"""
