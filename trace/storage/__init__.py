"""Cold storage: what lies in which store, temperature and humidity readings, limits, excursions.

Others call ``trace.storage.queries``: ``excursions``, ``gaps``, ``stays_of``, ``where_lots_are``; and
``trace.storage.service``: ``put_in``, ``take_out``, ``take_readings``.
"""
