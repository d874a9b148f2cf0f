"""The scanner's desk: which pages should be scanned again, and why, told by facts that the stages have
left."""
