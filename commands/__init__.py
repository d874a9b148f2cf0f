"""The commands of the program, a thin file for each, and what they share."""
