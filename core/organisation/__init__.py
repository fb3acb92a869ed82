"""Enterprises, growers and public bodies as identities; changed only by this room's own service."""
