"""Host users: as whom each part runs when the Hub is root; none needs to exist on the host."""

CLASSROOM_UID = 19001
DASHBOARDS_UID = 19002

TRAINER_UID = 19003
"""Every trainer's server: trainers of a course share its folder."""

FIRST_UID = 20000
"""A cadre's server is this plus the Hub's number of the person."""
