"""otter-grader's formats: autograder zips, their test files and their rules on points."""
