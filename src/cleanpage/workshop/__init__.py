"""The rule workshop: rule files checked, tested, listed, written and learned. What ``cleanpage rules`` does."""
