"""The ledger: work claimed, counted, settled; who holds it, and what is tried again."""
