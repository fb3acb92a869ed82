"""One workflow engine: a pure table (``table``) and the database side (``engine``)."""
