"""One library, from its plan to its thirteen files."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from bibmail.sandbox.population.agenda import write_events
from bibmail.sandbox.population.branches import write_branches, write_capabilities, write_opening_hours
from bibmail.sandbox.population.catalogue import write_catalogue
from bibmail.sandbox.population.consents import Uses, write_consents
from bibmail.sandbox.population.digital import write_ebook_activity, write_seat_reservations
from bibmail.sandbox.population.holds import write_holds
from bibmail.sandbox.population.households import (
    Family,
    Profile,
    settle_families,
    settle_profiles,
    write_profile_links,
)
from bibmail.sandbox.population.loans import write_activity_summary, write_loans
from bibmail.sandbox.population.members import count_bearers, lay_faults, write_members
from bibmail.sandbox.population.memberships import settle_memberships
from bibmail.sandbox.population.outside import write_deleted_members, write_external_segments
from bibmail.sandbox.population.own_matters import write_custom_values, write_list_members
from bibmail.sandbox.population.people import people
from bibmail.sandbox.population.registrations import write_event_registrations
from bibmail.sandbox.population.second_records import give_second_records
from bibmail.sandbox.population.sets import LibraryPlan
from bibmail.sandbox.population.stage import ConsentProfile, Stage
from bibmail.sandbox.population.truth import LibraryTruth
from bibmail.sandbox.population.visits import write_visits


class Cast(NamedTuple):
    """One library with its people, after all its files were written."""

    stage: Stage
    families: list[Family]
    profiles: list[Profile]
    uses: Uses


def write_library(
    plan: LibraryPlan, folder: Path, *, seed: int, consent: ConsentProfile, today: int
) -> LibraryTruth:
    """Write all files of one library; only its own people are in memory."""
    return stage_library(plan, folder, seed=seed, consent=consent, today=today).stage.truth


def stage_library(plan: LibraryPlan, folder: Path, *, seed: int, consent: ConsentProfile, today: int) -> Cast:
    """The same, and return the people as well: the same bytes always come from the same people."""
    own_folder = folder / plan.slug
    own_folder.mkdir(parents=True, exist_ok=True)
    stage = Stage(plan, seed, today, consent, own_folder)
    write_branches(stage)
    write_opening_hours(stage)
    write_capabilities(stage)
    write_catalogue(stage)
    write_events(stage)
    stage.everybody = people(plan, seed, today)
    families = settle_families(stage)
    settle_memberships(stage)
    lay_faults(stage)
    profiles = settle_profiles(stage, families)
    give_second_records(stage, profiles)
    count_bearers(stage)
    write_members(stage)
    write_deleted_members(stage)
    write_profile_links(stage, profiles)
    write_activity_summary(stage)
    write_loans(stage)
    write_holds(stage)
    # The registrations come first: they make new contacts, and an address that two people have
    # cannot stand for one of them in the files that follow.
    attendance = write_event_registrations(stage)
    digital = write_ebook_activity(stage)
    seats = write_seat_reservations(stage)
    write_custom_values(stage)
    uses = Uses(digital.ebooks, seats, attendance, digital.films)
    write_consents(stage, uses)
    write_list_members(stage)
    write_external_segments(stage)
    write_visits(stage)
    stage.truth.sums["contacts"] = (
        stage.truth.sums["members"]
        + stage.truth.sums["parents_without_membership"]
        + stage.truth.sums["non_members"]
        + stage.truth.sums["stakeholders"]
    )
    return Cast(stage, families, profiles, uses)
