"""A notebook's cells run in the sandbox: IPython without a kernel, and values that pass between two sandboxes."""
