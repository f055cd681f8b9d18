"""The tables, a module a subject, in the order in which they came: a new migration is added at the end of this list.

An applied migration is never edited.
"""

from collections.abc import Callable

from catalogue.store.port import Database
from catalogue.store.tables import entries, messages, people, requests, stewarding

Migration = Callable[[Database], None]

MIGRATIONS: tuple[Migration, ...] = (
    entries.m001_entries,
    entries.m002_vocabulary,
    people.m003_people,
    messages.m004_messages,
    messages.m005_conversations,
    messages.m006_follows,
    people.m007_audit,
    messages.m008_told,
    requests.m009_requests,
    entries.m010_sources,
    stewarding.m011_stewarding,
    messages.m012_visits,
    people.m013_language,
    requests.m014_former_authors,
    requests.m015_typed,
    entries.m016_prepared,
    stewarding.m017_alike,
    entries.m018_held,
    requests.m019_typed_by,
    people.m020_chosen_language,
    entries.m021_organisation_changes,
    entries.m022_terms_of_entries,
)
