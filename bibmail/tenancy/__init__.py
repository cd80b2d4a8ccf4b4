"""Ground floor: libraries, staff, the tenant scope and its fences.

``acting_for`` is the only door to a library's rows.
"""

from bibmail.tenancy.scope import (
    AlreadyActing,
    NoLibrary,
    acting_for,
    acting_for_network,
    current_library_id,
)

__all__ = ["AlreadyActing", "NoLibrary", "acting_for", "acting_for_network", "current_library_id"]
