"""Schedules as a whole: where the value lives, who sets it and when, who reads it, which ``fit`` gets the callback."""
