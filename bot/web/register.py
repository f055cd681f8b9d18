"""The public register: who shared what with whom, on what power, for what benefit, until when. A page and a CSV.

Under it stands the head of the audit's chain: whoever keeps a copy can show later that nothing was rewritten since.
"""

import io

from flask import Blueprint, Response, request

from bot.web.speaking import page as show
from catalogue import audit, register
from catalogue.search.find import Search
from catalogue.store import Database

SHOWN = 200


def pages(db: Database, search: Search) -> Blueprint:
    """`/register` and `/register.csv`; `?holder=` and `?recipient=` name an organisation, as people write it."""
    routes = Blueprint("register", __name__)

    def chosen() -> dict[str, str | None]:
        resolve = search.vocabulary().resolve
        named = {name: request.args.get(name, "").strip()[:200] for name in ("holder", "recipient")}
        return {name: (resolve(body) or body) if body else None for name, body in named.items()}

    @routes.get("/register")
    def page() -> str:
        names = chosen()
        found = register.read(db, **names)
        return show(
            "register.html.jinja",
            lines=found.lines[:SHOWN],
            total=len(found.lines),
            figures=found.figures,
            chosen=names,
            head=audit.head(db),
        )

    @routes.get("/register.csv")
    def as_csv() -> Response:
        out = io.StringIO()
        register.write_csv(register.lines(db, **chosen()), out)
        response = Response(out.getvalue(), mimetype="text/csv; charset=utf-8")
        response.headers.set("Content-Disposition", "attachment", filename="register.csv")
        return response

    return routes
