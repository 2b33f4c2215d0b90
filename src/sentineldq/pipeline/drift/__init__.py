"""Drift of a project's datasets, by the profiles that its store keeps."""
