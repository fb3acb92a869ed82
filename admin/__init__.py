"""The e-town office: enterprises, statistics, funds, acceptance, supervision, disclosure, demo story."""
