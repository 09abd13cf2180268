"""Where rules come from: readers of the rule languages, layers, and the index that finds candidates."""
