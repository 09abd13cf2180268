"""Does this rule apply to this element?"""
