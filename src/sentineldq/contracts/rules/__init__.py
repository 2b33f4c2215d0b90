"""The rules of lint: one module per part of the standard, each rule one function over a `View`."""
