"""My contacts: the list with how far I am, and one page each to take on, correct and end."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView

from congress.doors.portal import PolicyMixin
from congress.kernel.workflow import Refused
from delegates.models import Mandate
from delegates.querysets import SERVING
from delegates.views.records import DelegateMixin
from liaison.forms import ContactForm, EndContactForm
from liaison.models import Contact
from liaison.policies import CONTACTS
from liaison.services import contacts
from liaison.services.contacts import FACTS


class MyContacts(DelegateMixin, PolicyMixin[Contact], ListView):
    """Everybody I am in touch with, by kind, with how many are asked. My own contacts' numbers are shown in full."""

    policy, template_name = CONTACTS, "liaison/my_contacts.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().open().filter(mandate=self.mandate).order_by("pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        for row in rows:
            row.phone = row.get_sealed("phone")
        groups = [(one, [row for row in rows if row.kind == one.kind]) for one in contacts.progress(self.mandate)]
        return context | {"groups": groups, "mandate": self.mandate, "serves": self.mandate.status in SERVING}


class ContactPage(DelegateMixin, TemplateView):
    """A page with a form about one of my contacts."""

    success_url = reverse_lazy("my_contacts")

    @cached_property
    def contact(self) -> Contact:
        """Mine, as long as it lasts and I am in office; nothing else has such a page."""
        own = CONTACTS.visible(self.request.user).open().filter(mandate__in=self.mandates)
        contact = get_object_or_404(own.for_list(), pk=self.kwargs["pk"])
        if not CONTACTS.may_change(self.request.user, contact):
            raise Http404
        return contact


class ContactFormPage(ContactPage, FormView):
    """What is known of a contact. What was typed stays when it is refused."""

    form_class, template_name = ContactForm, "liaison/my_contact_form.html"

    def form_valid(self, form: ContactForm) -> HttpResponse:
        said = {name: form.cleaned_data[name] for name in FACTS}
        try:
            self.save(form.cleaned_data["phone"], said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is saved.") % {"name": said["name"]})
        return super().form_valid(form)

    def save(self, phone: str, said: dict[str, Any]) -> None:
        raise NotImplementedError


class NewContact(ContactFormPage):
    """Takes somebody on."""

    @cached_property
    def seat(self) -> Mandate:
        """The seat in which he is taken on: the page's own, if it is in office."""
        if self.mandate.status not in SERVING:
            raise Http404
        return self.mandate

    def get_form_kwargs(self) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        known = kind if kind in Contact.Kind.values else ""
        return super().get_form_kwargs() | {"instance": Contact(mandate=self.seat), "initial": {"kind": known}}

    def save(self, phone: str, said: dict[str, Any]) -> None:
        contacts.add(self.seat, by=self.request.user, phone=phone, **said)


class ChangeContact(ContactFormPage):
    """Corrects what is known of somebody."""

    def get_form_kwargs(self) -> dict[str, Any]:
        phone = self.contact.get_sealed("phone")
        return super().get_form_kwargs() | {"instance": self.contact, "initial": {"phone": phone}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = CONTACTS.visible(self.request.user).get(pk=self.contact.pk)  # the form may have changed our copy
        return super().get_context_data(contact=now, **kwargs)

    def save(self, phone: str, said: dict[str, Any]) -> None:
        posted = self.request.POST.get("version", "")
        version = int(posted) if posted.isascii() and posted.isdigit() else self.contact.version
        contacts.change(self.contact, by=self.request.user, version=version, phone=phone, **said)


class EndContact(ContactPage, FormView):
    """Ends a contact, with the reason."""

    form_class, template_name = EndContactForm, "liaison/my_contact_end.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, **kwargs)

    def form_valid(self, form: EndContactForm) -> HttpResponse:
        try:
            contacts.end(self.contact, by=self.request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("You are not in touch with %(name)s any more.") % {"name": self.contact.name})
        return super().form_valid(form)
