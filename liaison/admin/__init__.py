"""The staff's pages about links and contacts."""

from liaison.admin import contacts, links

__all__ = ["contacts", "links"]
