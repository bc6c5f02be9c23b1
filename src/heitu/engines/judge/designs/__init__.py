"""Reference designs: whole applications, run in the sandbox and driven by their task's acceptance checks."""
