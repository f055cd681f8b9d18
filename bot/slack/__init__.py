"""Slack: listeners that note what came in, and deliverers that say what is to be said.

A delivery from Slack passes `gate.py` (size, shape, signature, age), then Bolt, then a listener (`questions.py`), which
writes one transaction and acknowledges. The worker hands notices to `deliver.py`, which works out answers and posts
them. `blocks.py` is our words over Block Kit, `answers.py` an answer as a message, `people.py` who is asking and who
will read.
"""
