from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models.library import Library


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, name: str, password: str | None = None) -> "User":
        """A staff member; without a password nobody can log in as them yet."""
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A colleague (medewerker) who logs in. What they may do stands in StaffRole and NetworkRole."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("naam"), max_length=100)
    is_active = models.BooleanField(default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def first_word(self) -> str:
        """The first name, to greet with."""
        return self.name.split()[0] if self.name.split() else self.name

    def initials(self) -> str:
        """Two letters for the round badge."""
        parts = self.name.split()
        return (parts[0][:1] + parts[-1][:1] if len(parts) > 1 else self.name[:2]).upper()


class StaffRoleQuerySet(models.QuerySet["StaffRole"]):
    def in_library(self, library_id: int) -> Self:
        return self.filter(library_id=library_id)


class StaffRole(models.Model):
    """What a user may do at one library."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Beheerder")
        EDITOR = "editor", _("Redacteur")
        APPROVER = "approver", _("Goedkeurder")
        READER = "reader", _("Lezer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(_("rol"), max_length=20, choices=Role.choices, default=Role.READER)
    # As this library calls them: who else knows this address is nobody's business here.
    name = models.CharField(_("naam"), max_length=100, blank=True)
    # The first visit; until then the invitation stands.
    joined_at = models.DateTimeField(null=True)
    # An editor can be barred from seeing persons (architecture 3).
    sees_people = models.BooleanField(_("mag gegevens van mensen zien"), default=True)

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "user"], name="one_role_per_library"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_role_display()}"

    @property
    def may_manage(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def may_edit(self) -> bool:
        return self.role in {self.Role.ADMIN, self.Role.EDITOR}


class NetworkRole(models.Model):
    """What a colleague of Cultuurconnect may do; it opens no library."""

    class Role(models.TextChoices):
        NETWORK_ADMIN = "network_admin", _("Netwerkbeheerder")
        NETWORK_EDITOR = "network_editor", _("Netwerkredacteur")
        SUPPORT = "support", _("Ondersteuning")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="network_role")
    role = models.CharField(_("rol"), max_length=20, choices=Role.choices)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
