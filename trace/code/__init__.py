"""Unit codes: item keys, code series, serials, QR matrices and label sheets (TRUST 5).

Others may call ``trace.code.service`` (issue a series), ``trace.code.queries`` (resolve a serial, totals per lot) and
``trace.code.serial`` (pure).  Nothing is stored per unit: a serial is its unit number enciphered under the item's key.
"""
