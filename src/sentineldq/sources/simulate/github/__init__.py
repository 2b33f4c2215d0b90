"""Events of GitHub's public Events API, simulated."""
