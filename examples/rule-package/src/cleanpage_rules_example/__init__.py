"""Rules for cleanpage: the ``*.toml`` files beside this one."""
