"""Support for those who entered (R87): policies in published versions compute an entitlement; claimed, decided, publicised, listed once."""
