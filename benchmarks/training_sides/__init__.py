"""Training steps and epochs of the package, and of what could stand in its place.

Each function takes what fits JSON and returns the work to be timed, a function
without arguments that does it once and may return facts about it.
"""
