"""Text in, Answer out. No Slack, no templates.

`understand.py` turns a message into an Intent; the module named after the intent answers it from the catalogue;
`answers.py` is what an answer is. To add a kind of question: copy `contact.py`, change its EXAMPLES, `recognise` and
`answer`, and add it to INTENTS in `understand.py`.
"""
