"""The plan's targets K01-K23 as a versioned set; conflicting texts stand side by side until a resolution picks one."""
