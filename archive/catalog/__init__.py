"""The catalog: the ledger of what came in, what was done to it, and what is to be done next."""
