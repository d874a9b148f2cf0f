"""From words to a description of the document: its type and fields, with the evidence."""
