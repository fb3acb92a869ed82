"""Content-addressed files: type checked by content, GPS stripped from photos, renditions made once."""
