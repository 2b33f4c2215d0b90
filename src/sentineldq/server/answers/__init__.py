"""What the API answers with: models, each with its meaning and an example."""
