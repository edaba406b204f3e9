"""Verbs on papers that take more than one transition or touch more than one row."""
