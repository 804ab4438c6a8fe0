"""Where NIH's Open Citation Collection lies: a monthly snapshot on figshare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from citemesh.graph.download.checks import Form
from citemesh.graph.download.http import DownloadError, Web
from citemesh.graph.download.sources import Wanted, checked_url, folder_url
from citemesh.graph.download.transfer import Remote

#: figshare's public API (docs.figshare.com); snapshots are the articles of one collection.
FIGSHARE_URL = "https://api.figshare.com/v2/"
#: "iCite Database Snapshots (NIH Open Citation Collection)".
COLLECTION = 4586573
_STEM = "open_citation_collection"
_ZIP = f"{_STEM}.zip"
#: The most that figshare gives at once; snapshots come monthly.
_PAGE_SIZE = 1000
_HINT = (
    f"Find the address of {_ZIP} of a month in the collection "
    f"https://nih.figshare.com/collections/_/{COLLECTION} and give it with --url."
)


@dataclass(frozen=True, slots=True)
class IciteSource:
    """The citations of a snapshot: the newest, or the newest that came out in a year.

    Args:
        year: of publication; None for the newest of all.
        url: the address of the zip itself, instead of asking figshare.
        base_url: figshare's API.
    """

    year: int | None = None
    url: str | None = None
    base_url: str = FIGSHARE_URL

    def wanted(self, web: Web) -> list[Wanted]:
        """The one zip; another address or year is another file."""
        marks = [str(self.year)] if self.year is not None else []
        if self.url is not None:
            marks.append(hashlib.sha256(self.url.encode()).hexdigest()[:8])
        name = "-".join([_STEM, *marks]) + ".zip"
        return [Wanted((name,), name)]

    def locate(self, web: Web, missing: Sequence[Wanted]) -> list[Remote]:
        """Ask figshare which snapshot is the newest, and for its zip's address and MD5.

        Raises:
            DownloadError: when there is none.
        """
        return [self._find(web, wanted.names[0]) for wanted in missing]

    def _find(self, web: Web, name: str) -> Remote:
        if self.url is not None:
            return Remote(name, checked_url(self.url), Form.ZIP)
        base = folder_url(self.base_url)
        snapshots = _json(web, f"{base}collections/{COLLECTION}/articles?page_size={_PAGE_SIZE}")
        prefix = "" if self.year is None else f"{self.year}-"
        try:
            newest = max(
                (str(article["published_date"]), int(article["id"]))
                for article in snapshots
                if str(article["published_date"]).startswith(prefix)
            )
            files = _json(web, f"{base}articles/{newest[1]}/files")
            file = next(file for file in files if file["name"] == _ZIP)
            md5 = str(file.get("computed_md5") or file.get("supplied_md5") or "") or None
            return Remote(name, str(file["download_url"]), Form.ZIP, md5=md5)
        except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
            which = "" if self.year is None else f" of {self.year}"
            raise DownloadError(f"{base} names no snapshot{which} with {_ZIP}.", _HINT) from error


def _json(web: Web, url: str) -> Any:
    try:
        return json.loads(web.text(url))
    except ValueError as error:
        raise DownloadError(f"{url} answered with something that is not JSON.", _HINT) from error
