"""Courses in formats of others: brought in as a course's folder, and given out as a Common Cartridge. No models here."""
