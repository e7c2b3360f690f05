"""One file a section of the results; each has `run()`, which measures and gives its Section."""
