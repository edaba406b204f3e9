"""The tree of organisations, and who holds which branch of it."""

import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from congress.querysets import OrganizationQuerySet


class OrganizationKind(models.TextChoices):
    DISTRICT = "district", _("district")
    TOWNSHIP = "township", _("township")
    VILLAGE = "village", _("village or community")
    UNIT = "unit", _("unit")


@pghistory.track()
class Organization(models.Model):
    """One node of the tree. `path` is the chain of codes from the root: a branch is a prefix of it."""

    Kind = OrganizationKind

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+$", _("A code is made of letters, digits and hyphens."))],
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=OrganizationKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = models.CharField(_("path"), max_length=400, unique=True, editable=False, db_collation="C")
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("organisation"), _("organisations")
        ordering = ["path"]
        permissions = [
            ("view_branch", _("may see the branch")),
            ("manage_branch", _("may change the branch's business data")),
            ("reveal_branch", _("may see personal data of the branch unmasked")),
            ("audit_branch", _("may read the audit record of the branch")),
            ("handle_branch", _("handles papers for the branch")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganizationKind.values), name="organization_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=OrganizationKind.DISTRICT) | models.Q(parent__isnull=False),
                name="organization_below_district_has_parent",
                violation_error_message=_(
                    "Only a district stands at the top of the tree: name the parent organisation."
                ),
            ),
        ]
        indexes = [models.Index(fields=["parent", "code"], name="organization_parent_code")]

    def __str__(self) -> str:
        return self.name


class OrganizationUserPermission(UserObjectPermissionBase):
    """A grant on a branch to one account: a real foreign key, so it dies with the account or the branch."""

    content_object = models.ForeignKey(Organization, on_delete=models.CASCADE)


class OrganizationChange(models.Model):
    """A recorded move, merge or renaming: what stood where until when, and on whose word."""

    class Verb(models.TextChoices):
        MOVE = "move", _("moved")
        MERGE = "merge", _("merged")
        RENAME = "rename", _("renamed")

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="changes", verbose_name=_("organisation")
    )
    verb = models.CharField(_("change"), max_length=10, choices=Verb)
    before = models.CharField(_("before"), max_length=400)
    after = models.CharField(_("after"), max_length=400)
    on = models.DateField(_("takes effect on"))
    basis = models.CharField(_("basis document"), max_length=200, blank=True)
    by = models.ForeignKey("congress.User", models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("organisation change"), _("organisation changes")
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
