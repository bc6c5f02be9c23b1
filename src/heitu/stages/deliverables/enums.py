from heitu.ground.people.enums import Titled


class JudgingStatus(Titled):
    QUEUED = "queued", "排队中 Queued"
    RUNNING = "running", "评测中 Judging"
    DONE = "done", "已评测 Judged"
    FAILED = "failed", "评测故障 Judge at fault"
    DROPPED = "dropped", "不再评测 Not judged any more"
    NONE = "none", "人工评判 Judged by people"


class HeldBy(Titled):
    """What of ours keeps work from being judged."""

    DISK = "disk", "磁盘已满 The disk is full"
    DATABASE = "database", "数据库连不上 The database can’t be reached"
    FILES = "files", "文件读不到 Files can’t be read"
    MACHINE = "machine", "没有适合的评测机 No machine is fit for it at present"
    FAULT = "fault", "评测机故障 Judge at fault"


# What the judge flags, before the colon, and a person has to decide on before the verdict counts.
DOUBTS = ("implausible", "no_kernel", "tasks_outlive_calls")


class Decision(Titled):
    """What became of a verdict that was a shadow."""

    PROMOTED = "promoted", "已采用 Put in force"
    DISMISSED = "dismissed", "未采用 Left aside"
