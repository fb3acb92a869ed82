"""The brand matrix: brands, licences, certificates, marks, promotion."""
