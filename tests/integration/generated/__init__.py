"""Tests generated from the declarations: every address, form, upload and move of the told story."""
