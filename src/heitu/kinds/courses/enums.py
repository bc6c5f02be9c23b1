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


class Trial(Titled):
    """What became of mended tests."""

    OPEN = "open", "试改中 Being tried"
    APPLIED = "applied", "已采用 Applied"
    DISCARDED = "discarded", "已放弃 Discarded"
