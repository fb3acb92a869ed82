"""GS1 keys and Digital Link (pure): check digits, application identifiers, URI parsing and building.

Others may call ``core.gs1.check``, ``core.gs1.elements`` and ``core.gs1.digital_link``; nothing here knows a database.
"""
