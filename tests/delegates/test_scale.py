"""The measuring district is like a real one, and stays out of real databases."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from congress.models import Organization, Role, User
from congress.policies import branches
from delegates.models import Mandate, Person
from delegates.policies import MANDATES
from delegates.services import scale
from delegates.services.persons import KEYS, refresh_keys, roster_key
from tests import factories


@pytest.mark.django_db
def test_one_time_the_demonstration_has_its_numbers(capsys):
    call_command("seed_scale", "--times", "1")

    assert capsys.readouterr().out == "townships=12 delegates=956\n"
    assert User.objects.filter(groups__name=Role.DELEGATE).count() == 12
    for user in User.objects.filter(groups__name=Role.TOWNSHIP):
        assert MANDATES.visible(user).count() in scale.SIZES
        assert len(branches(user)) == 1


@pytest.mark.django_db
def test_its_persons_are_kept_as_the_services_keep_them():
    scale.seed(1)

    for mandate in Mandate.objects.select_related("person")[:20]:
        stored = Person.objects.get(pk=mandate.person_id)
        refresh_keys(mandate.person)
        assert [getattr(mandate.person, key) for key in KEYS] == [getattr(stored, key) for key in KEYS]
        assert mandate.roster_key == roster_key(mandate)
        assert Person.objects.numbered(stored.get_sealed("id_number")).get() == stored
        assert Person.objects.matching(stored.name).filter(pk=stored.pk).exists()
        assert apps.get_model("delegates.PersonEvent").objects.filter(pgh_obj=stored).exists()
    assert Person.objects.values("id_number_index").distinct().count() == 956


@pytest.mark.django_db
def test_a_database_with_a_district_is_refused_unless_forced():
    factories.make_district()

    with pytest.raises(CommandError, match="--force"):
        call_command("seed_scale", "--times", "1")
    call_command("seed_scale", "--times", "1", "--force")

    assert Organization.objects.filter(kind="district").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("times", [0, 101])
def test_a_district_is_made_between_once_and_a_hundred_times(times):
    with pytest.raises(CommandError):
        call_command("seed_scale", "--times", str(times))
