"""Records: JSON decoded to typed columns by a contract, or to every error of those that do not fit."""
