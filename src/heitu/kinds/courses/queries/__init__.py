"""What is asked about courses, adoptions, classes and marks."""
