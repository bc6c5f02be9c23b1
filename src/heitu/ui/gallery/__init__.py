"""Invented data that the gallery shows the components with."""
