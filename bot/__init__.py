"""Every way in and out: Slack, web pages, the command line, the playground.

Read next: `app.py`, the only place where the parts are put together; `__main__.py`, the `whoholds` command.
"""
