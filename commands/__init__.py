"""The commands of the program, one file per noun, each thin."""
