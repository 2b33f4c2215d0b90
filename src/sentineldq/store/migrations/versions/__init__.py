"""One file per revision, counted up."""
