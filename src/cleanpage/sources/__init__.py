"""One module for each thing a user may hold: each reads it into a Page and writes cuts back."""
