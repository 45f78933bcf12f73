"""The database of a service: tables, columns, migrations, and how it is opened."""
