"""``python -m benchmarks.load``: an office at work on ``geogrid serve``, and nothing lost.

`service` starts the real command on a temporary workspace with users of its own; `client` is
one user's connection; `users` is what each of them does; `ledger` keeps what was acknowledged and
looks for it afterwards; `__main__` measures and prints.
"""
