"""``python -m benchmarks.http_locate``: ``/api/v1/locate`` raced over HTTP.

`servers` run on 127.0.0.1 as ``geogrid serve`` runs them, each in a process of its own; `load`
asks them from another; `postgis` keeps a database cluster for one of them; `__main__` prints
the tables.
"""
