"""A course as a folder: what its files may say, read with every fault at once, and its units as HTML. No models here."""
