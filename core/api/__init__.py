"""OpenAPI 3.1: every JSON address of the platform, described from pydantic models."""
