"""What a page looks like: blocks, article, evidence, sections, repeats, language. Each asked lazily."""
