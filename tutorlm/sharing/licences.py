"""The licences that the Hub knows by name, as far as texts and models come under them."""

import re
from difflib import get_close_matches

LICENCES = (
    "afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear",
    "bsl-1.0", "c-uda", "cc", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0",
    "cc-by-nc-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0",
    "cdla-sharing-1.0", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2", "gfdl", "gpl", "gpl-2.0",
    "gpl-3.0", "isc", "lgpl", "lgpl-2.1", "lgpl-3.0", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1",
    "openrail", "osl-3.0", "other", "pddl", "postgresql", "unlicense", "wtfpl", "zlib",
)  # fmt: skip


def checked_licence(licence: str, licence_name: str | None) -> None:
    """Raise a ValueError, with the nearest names, unless this is a licence of the list, and "other" has a name."""
    if licence not in LICENCES:
        plain = re.sub(r"[\s_]+", "-", licence.strip().lower())
        near = get_close_matches(plain, LICENCES, n=3, cutoff=0.4)
        raise ValueError(
            f"licence={licence!r} is none of the names that the Hub knows. "
            f"{'Nearest are ' + ', '.join(near) + '; write' if near else 'Write'} licence='other' and the licence's "
            "own name as licence_name=… for any that has no such name"
        )
    if licence == "other" and not (licence_name or "").strip():
        raise ValueError("licence='other' needs the licence's own name: licence_name='…'")
