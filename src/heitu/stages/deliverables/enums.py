from heitu.ground.people.enums import Titled


class JudgingStatus(Titled):
    QUEUED = "queued", "排队中 Queued"
    RUNNING = "running", "评测中 Judging"
    DONE = "done", "已评测 Judged"
    FAILED = "failed", "评测故障 Judge at fault"
    NONE = "none", "人工评判 Judged by people"


class Decision(Titled):
    """What became of a verdict that was a shadow."""

    PROMOTED = "promoted", "已采用 Put in force"
    DISMISSED = "dismissed", "未采用 Left aside"
