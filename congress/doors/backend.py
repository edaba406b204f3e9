"""The account behind a session, with its roles and its grants: what every page asks first, in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from congress.models import OrganizationUserPermission, User
from congress.policies import remember_grants

ROLES = ArraySubquery(Group.objects.filter(user=OuterRef("pk")).order_by("name").values("name"))
GRANTS = ArraySubquery(
    OrganizationUserPermission.objects.filter(user=OuterRef("pk")).values(
        grant=JSONObject(right="permission__codename", path="content_object__path")
    )
)


class AccountBackend(ModelBackend):
    """Passwords as Django keeps them. Asked anew with every request, so that a right taken away is gone at once."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.annotate(held_roles=ROLES, held_grants=GRANTS).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user._role_names = user.held_roles
        remember_grants(user, [(grant["right"], grant["path"]) for grant in user.held_grants])
        return user
