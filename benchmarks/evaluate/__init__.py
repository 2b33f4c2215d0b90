"""How well drift is found: simulated streams whose truth is known, what each tool said about them, and the score."""
