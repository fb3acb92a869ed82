"""Bulk import from a workbook: growers are registered, enterprises become prepared applications that their own people take over (B10).

Others call nothing here.
"""
