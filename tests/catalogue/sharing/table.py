"""The table of rules for docs/conditions.md, made from the rule book: python -m tests.catalogue.sharing.table"""

from __future__ import annotations

from catalogue.sharing.rules import book


def table() -> str:
    """One line a rule: id, version, what it is about, strengths, nations, references, when checked."""
    lines = ["| Rule | Version | About | Strength | Nations | References | Checked |", "|---|---|---|---|---|---|---|"]
    for rule in book().rules:
        strengths = ", ".join(dict.fromkeys(str(item.strength) for item in rule.items))
        nations = ", ".join(n for n in ("E", "W", "S", "NI") if any(n in item.nations for item in rule.items))
        citations = dict.fromkeys(each for item in rule.items for each in item.citation.split("; "))
        dates = sorted({item.checked for item in rule.items if item.checked})
        open_ones = any(not item.checked for item in rule.items)
        checked = ", ".join([*dates, *(["in part not checked" if dates else "not checked"] if open_ones else [])])
        cells = (rule.id, str(rule.version), rule.about, strengths, nations, "; ".join(citations), checked)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
