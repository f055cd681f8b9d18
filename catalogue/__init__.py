"""What is known about government data, and the rules for it. No Slack, no templates, no web.

Read next: `model.py` (the values), `datasets.py` (the record of entries), `search/find.py` (finding them),
`outbox.py` (what is to be said to people), `store/` (the database behind all of it).
"""
