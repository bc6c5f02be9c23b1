from heitu.ground.people.enums import Titled


class DeliverableKind(Titled):
    """What a delivery is, and so who can judge it: a machine, or people alone (`report`)."""

    OPERATOR = "operator", "算子 Operator"
    MODEL = "model", "模型 Model"
    DESIGN = "design", "参考设计 Reference design"
    REPORT = "report", "报告 Report"
