"""EPCIS 2.0 events (ISO/IEC 19987): what happened to which goods, where, when and why.

The pure half needs neither Flask nor SQLAlchemy; others call ``document.parse`` (JSON-LD and XML), ``check.faults`` (every fault
of one event with JSON pointer, rule and sentence), ``eventhash.event_id`` (CBV 2.0 section 8.9), ``identifiers.canonical``
(any Digital Link or EPC URN to one form), ``vocabulary`` (CBV terms) and ``steps`` (house steps to events).

With the database, other rooms call ``service.record_step`` (the event of a house step, in their transaction), ``service.declare_wrong``,
``service.declare_document_wrong`` and ``service.publish_lot``; ``graph.edges_from``, ``edges_to`` and ``reachable`` walk what went where.
Partners use ``/epcis/`` (docs/epcis.md); docs/adr/0032 to 0034 say why it is built so.
"""
