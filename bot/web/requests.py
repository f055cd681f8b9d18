"""A request's page: what its link leads to. It shows what the public register says of it, and nothing else.

A request that came to no public share looks exactly like one that there is not: whoever has a part in it reads it in
Slack.
"""

import re

from flask import Blueprint, abort

from bot.web.speaking import page
from catalogue import register
from catalogue.store import Database

NUMBER = re.compile(r"SR-\d{4,12}", re.ASCII)


def pages(db: Database) -> Blueprint:
    """`/requests/<number>`."""
    routes = Blueprint("requests", __name__)

    @routes.get("/requests/<number>")
    def request_page(number: str) -> str:
        if not NUMBER.fullmatch(number.upper()):
            abort(404)
        return page("request.html.jinja", number=number.upper(), line=register.line_of(db, number.upper()))

    return routes
