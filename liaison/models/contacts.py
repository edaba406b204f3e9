"""The Party members and masses a delegate keeps in touch with (代表联系党员群众)."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from congress.fields import SealedRow, mask
from delegates.models import Mandate
from liaison.querysets import ContactQuerySet


class ContactKind(models.TextChoices):
    PARTY_MEMBER = "party_member", _("ordinary Party member")
    MASS = "mass", _("one of the masses")


class Target(models.TextChoices):
    """What kind of household or member it is: the office sees to it that none is forgotten (N03)."""

    GROWER = "grower", _("large grower or breeder")
    VETERAN = "veteran", _("veteran Party member")
    HONOURED = "honoured", _("martyr's or soldier's family")
    POOR = "poor", _("household in great need")
    MEMBER_IN_NEED = "member_in_need", _("Party member in need")
    MIGRANT = "migrant", _("Party member working away")
    LEADER = "leader", _("leads others to prosperity")
    EXPERT = "expert", _("backbone of the trade")


class EndReason(models.TextChoices):
    MOVED = "moved", _("moved away")
    DIED = "died", _("died")
    HANDED_OVER = "handed_over", _("handed over to another delegate")
    MISTAKE = "mistake", _("entered by mistake")
    OTHER = "other", _("another reason")


@pghistory.track()
class Contact(SealedRow):
    """One person a delegate keeps in touch with, from a day on. Ended, never deleted; the phone is sealed."""

    Kind = ContactKind

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="contacts", verbose_name=_("delegate"))
    name = models.CharField(_("full name"), max_length=40)
    kind = models.CharField(_("Party member or one of the masses"), max_length=12, choices=ContactKind)
    targets = ArrayField(
        models.CharField(max_length=16, choices=Target), default=list, blank=True, verbose_name=_("situation")
    )
    other = models.CharField(_("situation in other words"), max_length=40, blank=True)
    phone_sealed = models.TextField(_("phone"), blank=True, editable=False)
    phone_index = models.CharField(max_length=64, blank=True, editable=False)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True, editable=False)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason, blank=True, editable=False)
    ended_note = models.CharField(_("remark on the end"), max_length=200, blank=True, editable=False)
    import_key = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("contact"), _("contacts")
        ordering = ["mandate", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mandate", "name", "kind"], condition=Q(until=None), name="contact_once",
                violation_error_message=_("This delegate is in touch with this person already."),
            ),
            models.UniqueConstraint(fields=["import_key"], condition=~Q(import_key=""), name="contact_import_once"),
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="contact_kind_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="contact_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="contact_has_a_name"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def phone_masked(self) -> str:
        return mask(self.get_sealed("phone"), 3, 4)

    @property
    def situation(self) -> str:
        """What kinds of target the person is, in words."""
        words = dict(Target.choices)
        return "、".join(
            [*(str(words.get(code, code)) for code in self.targets), *([self.other] if self.other else [])]
        )
