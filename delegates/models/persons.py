"""A person, with every fact of the registration form that is his and not his mandate's."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.fields import SealedRow, mask
from congress.models import Attachment, Organization
from delegates.querysets import PersonQuerySet

ETHNICITIES = tuple(
    """汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡
    纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克
    德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺""".split()  # noqa: SIM905 -- names read better than a list
)
"""The 56 names of GB/T 3304 without the final 族; stored with it: 汉族."""


class Gender(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


@pghistory.track()
class Person(SealedRow):
    """One person, whatever number of mandates he holds. Months are stored as their first day."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    name = models.CharField(_("full name"), max_length=40)
    former_name = models.CharField(_("former name"), max_length=40, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender)
    ethnicity = models.CharField(_("ethnic group"), max_length=10, choices=[(f"{n}族", f"{n}族") for n in ETHNICITIES])
    birth_month = models.DateField(_("month of birth"))
    native_place = models.CharField(_("native place"), max_length=60, blank=True)
    joined_party_month = models.DateField(_("joined the Party in"), null=True, blank=True)
    joined_work_month = models.DateField(_("started work in"), null=True, blank=True)
    education = models.CharField(_("education"), max_length=30, blank=True)
    degree = models.CharField(_("degree"), max_length=30, blank=True)
    in_service_education = models.CharField(_("in-service education"), max_length=30, blank=True)
    school = models.CharField(_("school and subject"), max_length=120, blank=True)
    professional_title = models.CharField(_("professional title"), max_length=60, blank=True)
    post = models.CharField(_("unit and post"), max_length=120)
    rank = models.CharField(_("post grade"), max_length=40, blank=True)
    id_number_sealed = models.TextField(_("ID number"), blank=True, editable=False)
    id_number_index = models.CharField(max_length=64, blank=True, editable=False)
    phone_sealed = models.TextField(_("phone"), blank=True, editable=False)
    phone_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    address_sealed = models.TextField(_("address"), blank=True, editable=False)
    photo = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photograph")
    )
    resume = models.TextField(_("résumé"), blank=True)
    awards = models.TextField(_("awards and penalties"), blank=True)
    also_npc_deputy = models.BooleanField(_("also people's congress deputy"), default=False)
    also_cppcc_member = models.BooleanField(_("also CPPCC member"), default=False)
    migrant = models.BooleanField(_("works away from home"), default=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    stroke_key = models.CharField(max_length=240, editable=False, db_collation="C")
    plain_stroke_key = models.CharField(max_length=240, editable=False, db_collation="C")
    pinyin_key = models.CharField(max_length=240, editable=False, db_collation="C")
    search_terms = ArrayField(models.CharField(max_length=120), default=list, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("persons")
        ordering = ["stroke_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"], condition=~Q(id_number_index=""), name="person_id_number_once"
            ),
            models.CheckConstraint(condition=Q(gender__in=Gender.values), name="person_gender_known"),
            models.CheckConstraint(
                condition=Q(birth_month__day=1)
                & (Q(joined_party_month=None) | Q(joined_party_month__day=1))
                & (Q(joined_work_month=None) | Q(joined_work_month__day=1)),
                name="person_months_start_on_the_first",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
        ]
        indexes = [
            GinIndex(fields=["search_terms"], name="person_search_terms"),
            models.Index(fields=["name", "birth_month"], name="person_name_birth"),
            models.Index(fields=["stroke_key"], name="person_stroke"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_masked(self) -> str:
        return mask(self.get_sealed("phone"), 3, 4)

    @property
    def id_number_masked(self) -> str:
        return mask(self.get_sealed("id_number"), 4, 2)

    @property
    def address_masked(self) -> str:
        return mask(self.get_sealed("address"), 6, 0)
