"""What ``mkdocs`` needs to know of our pages, which are read in the repository as well (``hooks`` of mkdocs.yml).

Links to files outside ``docs/`` lead somewhere in a checkout and nowhere in a site: there the text alone stands. Our
pictures stand in the page itself, so that their text can be searched and copied.
"""

import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"

LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((\.\./[^()\s]+)\)")
PICTURE = re.compile(r'<img [^>]*src="(?:\.\./)*(pictures/[\w-]+\.svg)"[^>]*>')
ROLE = re.compile(r":(?:class|data|func|meth|mod):(?=<code)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return the page without links that leave ``docs/``."""
    depth = page.file.src_uri.count("/")
    outside = "../" * (depth + 1)
    return LINK.sub(lambda found: found[1] if found[2].startswith(outside) else found[0], markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Return the page with pictures in it, and with the roles of docstrings (``:class:``) taken off."""
    html = PICTURE.sub(lambda found: (DOCS / found[1]).read_text(encoding="utf-8"), html)
    return ROLE.sub("", html)
