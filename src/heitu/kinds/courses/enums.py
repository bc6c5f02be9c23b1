from heitu.ground.people.enums import Titled


class Language(Titled):
    ZH = "zh", "中文 Chinese"
    EN = "en", "英文 English"


class Entry(Titled):
    """How a student came into a class."""

    FILE = "file", "名单 Roster"
    CODE = "code", "加入码 Join code"
    HAND = "hand", "教师添加 Added by a teacher"
    LTI = "lti", "教学平台 Learning platform"


class Source(Titled):
    """Who says so: of a score, and of a change in the gradebook."""

    MACHINE = "machine", "自动 Automatic"
    PERSON = "person", "教师 Teacher"


class Grading(Titled):
    """Where a handed-in lab is."""

    QUEUED = "queued", "排队 Queued"
    RUNNING = "running", "批改中 Being graded"
    WAITING = "waiting", "待人工批改 Waiting for a person"
    DONE = "done", "已批改 Graded"
    FAILED = "failed", "未能批改 Could not be graded"


class HeldBy(Titled):
    """What of ours keeps notebooks from being graded."""

    SANDBOX = "sandbox", "批改机的沙箱不可用 The grading machine’s sandbox doesn’t work"
    TOOLCHAIN = "toolchain", "批改机缺少工具链 The grading machine lacks the toolchain"
    DISK = "disk", "磁盘已满 The disk is full"
    DATABASE = "database", "数据库连不上 The database can’t be reached"
    FILES = "files", "文件读不到 Files can’t be read"
    FAULT = "fault", "批改机故障 The grading machine is at fault"


class SessionState(Titled):
    """Where a session of cells in the page is."""

    WAITING = "waiting", "排队 Waiting for a seat"
    STARTING = "starting", "正在启动 Starting"
    OPEN = "open", "进行中 Open"
    ENDED = "ended", "已结束 Ended"


class SessionEnd(Titled):
    """Why a session ended."""

    ASKED = "asked", "本人结束 Ended by its person"
    MOVED = "moved", "改开别的实验 Another lab was opened"
    IDLE = "idle", "久未运行 Nothing was run for long"
    AWAY = "away", "页面已关闭 The page was closed"
    SIGNED_OUT = "signed_out", "已退出登录 Signed out"
    VOUCHER = "voucher", "算力券用完 The voucher ran out"
    SPENT = "spent", "处理器时间用完 Its processor time ran out"
    LOST = "lost", "所在机器停了 Its machine went away"
    FAULT = "fault", "沙箱未能启动 The sandbox didn't start"
    STOPPED = "stopped", "服务停止 The service stopped"


class RunState(Titled):
    """Where the run of a cell is."""

    WAITING = "waiting", "排队 Waiting"
    RUNNING = "running", "运行中 Running"
    DONE = "done", "已运行 Ran"
    DROPPED = "dropped", "未运行 Not run"


class Cut(Titled):
    """Why outputs are no longer whole."""

    CELL = "cell", "一格输出过长 One cell put out too much"
    DRAFT = "draft", "整份实验输出过多 The whole lab put out too much"


class Trial(Titled):
    """What became of mended tests."""

    OPEN = "open", "试改中 Being tried"
    APPLIED = "applied", "已采用 Applied"
    DISCARDED = "discarded", "已放弃 Discarded"


class Reading(Titled):
    """Where the reading of a platform's list of members is."""

    WAITING = "waiting", "正在读取 Being read"
    DONE = "done", "已读取 Read"
    FAILED = "failed", "未能读取 Could not be read"
