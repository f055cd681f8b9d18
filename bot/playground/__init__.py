"""A strict local stand-in for Slack, and a page on which to try the bot in it.

It is at once the one fake Slack of all tests and the thing a person tries the bot in: the same workspace,
the same Web API, the same signed deliveries. It knows nothing of what the bot does.

Read next: `workspace` (the state of one workspace in memory), then `web_api` (what the bot calls),
then `events` (what Slack sends to the bot), and last `page` (the same workspace in a browser).
"""
