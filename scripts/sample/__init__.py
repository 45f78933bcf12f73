"""Build the sample data of ``data/boundaries`` from real streets, the same bytes every time."""
