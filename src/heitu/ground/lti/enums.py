from heitu.ground.people.enums import Titled


class Product(Titled):
    """Which learning platform it is, as far as its addresses follow from that."""

    MOODLE = "moodle", "Moodle Moodle"
    CANVAS = "canvas", "Canvas Canvas"
    OPENEDX = "openedx", "Open\u00a0edX Open edX"
    OTHER = "other", "其他平台 Another platform"


class Sending(Titled):
    """Where a score is on its way to the platform."""

    WAITING = "waiting", "待送 Waiting to be sent"
    SENT = "sent", "已送达 Arrived"
    REFUSED = "refused", "被拒绝 Refused by the platform"
