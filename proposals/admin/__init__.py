"""The office's pages about papers."""

from congress.doors.admin import CHOICES
from proposals.admin import categories, inquiries, papers, precedents, promises
from proposals.models import Category
from proposals.policies import CATEGORIES

CHOICES[Category] = CATEGORIES


__all__ = ["categories", "inquiries", "papers", "precedents", "promises"]
