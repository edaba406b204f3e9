"""Pages about papers: a delegate's own, a unit's desk, everybody's."""
