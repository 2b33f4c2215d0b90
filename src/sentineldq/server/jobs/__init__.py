"""Work that goes on behind the answers: a worker over the jobs of the store."""
