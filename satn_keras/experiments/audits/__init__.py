"""Audits as people meet them: folds to check, reports to read, training's door.

What is imported here loads no TensorFlow.
"""
