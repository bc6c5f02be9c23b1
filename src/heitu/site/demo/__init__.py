"""The demo world: a small simulated ecosystem, and stories in which each person of the cast has work waiting."""

from heitu.site.demo.cast import PASSWORD
from heitu.site.demo.world import demo_people, demo_world_exists, is_anybody_here, make_demo_world

__all__ = ["PASSWORD", "demo_people", "demo_world_exists", "is_anybody_here", "make_demo_world"]
