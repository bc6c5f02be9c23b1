"""Runs a stranger's code in a process that can hurt nobody, and takes back raw bytes only."""
