"""Linli (邻里): run an urban community on its own data. The plan of the house stands in docs/explanation/house.md."""
