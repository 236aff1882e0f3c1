"""Roster: people, units, roles and cohorts come in from an Excel file, all or nothing."""
