"""What a plan changes: looked at before it is published, and told to workers afterwards."""

from web.changes import after, before

__all__ = ["blueprints"]

blueprints = (before.blueprint, after.blueprint)
