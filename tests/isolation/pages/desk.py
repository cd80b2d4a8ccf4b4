"""Addresses of the desk and the settings (bibmail.desk, bibmail.tenancy)."""

from bibmail.tenancy.models import Branch, OpeningException, StaffRole, User
from tests.isolation.pages.subject import Subject

DESK = Subject(
    numbers={
        "branch_id": Branch,
        "exception_id": OpeningException,
        "role_id": StaffRole,
        # Only tasks take it.
        "user_id": User,
    },
    # Pages outside every library show nothing of any library but one's own doors.
    outside={"", "healthz", "readyz", "weergave/", "taal/", "robots.txt", "favicon.ico"},
)

ACCOUNT = Subject(
    outside={
        "account/login/",
        "account/logout/",
        "account/inactive/",
        "account/signup/",
        "account/reauthenticate/",
        "account/password/change/",
        "account/password/set/",
        "account/password/reset/",
        "account/password/reset/done/",
        "account/password/reset/key/done/",
        r"account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "account/2fa/",
        "account/2fa/authenticate/",
        "account/2fa/reauthenticate/",
        "account/2fa/totp/activate/",
        "account/2fa/totp/deactivate/",
        "account/2fa/recovery-codes/",
        "account/2fa/recovery-codes/generate/",
        "account/2fa/recovery-codes/download/",
    }
)
