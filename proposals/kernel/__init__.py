"""What papers are judged by: resemblance, completeness, wording. No HTTP, no database."""
