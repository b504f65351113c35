"""Blocks of code and tables of a model card, in Markdown."""

import re


def fenced(text: str, language: str = "text") -> str:
    """Text as a block of code, whatever is in it."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence}{language}\n{shown}\n{fence}"


def table(*rows: tuple[str, ...]) -> str:
    """Rows as a Markdown table, the first as its head."""
    lines = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return "\n".join([f"| {lines[0]} |", "|" + "---|" * len(rows[0]), *(f"| {line} |" for line in lines[1:])])
