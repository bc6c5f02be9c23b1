"""The pages of courses, adoptions and classes, by subject."""
