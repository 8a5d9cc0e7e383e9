"""The versioned indices behind the alias: the one that is searched and the one being built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import elasticsearch
from elasticsearch import Elasticsearch

from indexer.elastic.mapping import (
    index_mapping,
    index_name,
    index_number,
    index_settings,
    index_version,
)
from indexer.store import INDEX_VERSION
from langnghe.errors import IndexOutdated, StoreError, StoreUnavailable


@dataclass(frozen=True)
class Current:
    """The index that the alias names, and the one that is being built, "" when there is none."""

    active: str
    building: str


class Indices:
    """Creates, finds and swaps indices; every change of aliases is one atomic request."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self.client = client
        self.alias = alias
        self.next_alias = f"{alias}-next"

    def current(self) -> Current:
        """Return what is there, made first when nothing is; raises IndexOutdated."""
        found = self._aliases()
        if not found.active:
            self._check_recovered()
            found = self._aliases()
        if not found.active:
            self._create(index_name(self.alias, self._free_number()), self.alias)
            found = self._aliases()
        version = index_version(self.alias, found.active)
        if version != INDEX_VERSION:
            raise IndexOutdated(
                f"the index {found.active} has version {version or 'unknown'}, "
                f"this program {INDEX_VERSION}"
            )
        return found

    def version(self) -> str:
        """Return what built the index that is searched, "" before the first use."""
        return index_version(self.alias, self._aliases().active)

    def begin(self, *, fresh: bool) -> str:
        """Return the index that is being built, a new one unless one of ours is unfinished."""
        building = self._aliases().building
        if building and (fresh or index_version(self.alias, building) != INDEX_VERSION):
            self.client.indices.delete(index=building)
            building = ""
        if not building:
            building = index_name(self.alias, self._free_number())
            self._create(building, self.next_alias)
        return building

    def progress(self, index: str) -> tuple[str, int]:
        """Return the cursor and the number of documents that :meth:`remember` was told."""
        meta = self.client.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
        return str(meta["cursor"]), int(meta["written"])

    def remember(self, index: str, cursor: str, written: int) -> None:
        """Keep the place of a reindex in the index itself."""
        meta = {"version": INDEX_VERSION, "cursor": cursor, "written": written}
        self.client.indices.put_mapping(index=index, meta=meta)

    def swap(self, building: str) -> None:
        """Put ``building`` in the place of the active index and drop the old one, at once."""
        found = self._aliases()
        if found.building != building:
            raise StoreError("another reindex took over")
        actions: list[dict[str, Any]] = [
            {"remove": {"index": building, "alias": self.next_alias}},
            {"add": {"index": building, "alias": self.alias, "is_write_index": True}},
        ]
        if found.active:
            actions.append({"remove_index": {"index": found.active}})
        self.client.indices.update_aliases(actions=actions)

    def _aliases(self) -> Current:
        try:
            rows = self.client.indices.get_alias(name=f"{self.alias},{self.next_alias}")
            found = dict(rows.body)
        except elasticsearch.NotFoundError as error:
            body = error.body if isinstance(error.body, dict) else {}
            found = {k: v for k, v in body.items() if isinstance(v, dict)}
        names: dict[str, str] = {}
        for index, row in found.items():
            for alias in row.get("aliases", {}):
                if alias in names:
                    raise StoreError(f"{alias} names both {names[alias]} and {index}")
                names[alias] = index
        return Current(names.get(self.alias, ""), names.get(self.next_alias, ""))

    def _check_recovered(self) -> None:
        """Raise StoreUnavailable while a restarted cluster has not yet read what it holds.

        Until then it says that there is no index, and a new one would hide the old one's documents.
        """
        blocks = self.client.cluster.state(metric="blocks").body.get("blocks", {})
        if blocks.get("global"):
            raise StoreUnavailable("Elasticsearch has not yet recovered its indices")

    def _create(self, index: str, alias: str) -> None:
        try:
            self.client.indices.create(
                index=index,
                settings=index_settings(),
                mappings=index_mapping(),
                aliases={alias: {"is_write_index": True}},
                wait_for_active_shards=1,
            )
        except elasticsearch.BadRequestError as error:
            if error.message != "resource_already_exists_exception":
                raise

    def _free_number(self) -> int:
        names = self.client.indices.get(index=f"{self.alias}-*", features=["aliases"])
        return max(map(index_number, names), default=0) + 1
