"""What is kept: the types, the errors and causes, the catalog, and the store of originals."""
