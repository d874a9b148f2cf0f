"""Dramatiq: the embedded broker, an actor per stage, readers, the supervisor, the reconciler."""
