"""From source to gold: the project, its plan, its stages and what runs them."""
