"""Verdicts, versions and leaderboards as pages show them."""

from heitu.stages.deliverables.shown.verdicts import board, history_shown, judgement, verdict_shown

__all__ = ["board", "history_shown", "judgement", "verdict_shown"]
