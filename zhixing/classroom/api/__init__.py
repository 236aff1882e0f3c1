"""The classroom API: one router a noun, all under ``api/``."""
