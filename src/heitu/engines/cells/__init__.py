"""A notebook's cells run one at a time for the person who wrote them. No Django."""
