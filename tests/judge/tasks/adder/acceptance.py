"""A service that adds: POST /add {"numbers": [...]} is answered with {"sum": ...}."""


def adds(app, rng):
    for _ in range(3):
        numbers = rng.integers(-1000, 1000, 5).tolist()
        answer = app.post("/add", {"numbers": numbers})
        _expect_sum(app, answer, numbers)


def many_at_once(app, rng):
    asked = rng.integers(-1000, 1000, (8, 4)).tolist()
    answers = app.together([("POST", "/add", {"numbers": numbers}) for numbers in asked])
    for answer, numbers in zip(answers, asked, strict=True):
        _expect_sum(app, answer, numbers)
    app.measure(seconds_at_once=app.seconds)


def refuses(app, rng):
    numbers = rng.integers(-9, 9, 2).tolist()
    _expect_sum(app, app.post("/add", {"numbers": numbers}), numbers)
    answer = app.post("/add", b"{")
    app.expect(answer.status == 400, f"坏输入应得 400，实得 {answer.status}", f"bad input wants 400, got {answer.status}")


def _expect_sum(app, answer, numbers):
    app.expect(answer.status == 200, f"应得 200，实得 {answer.status}", f"wanted 200, got {answer.status}")
    total = answer.field("sum", int)
    app.expect(total == sum(numbers), f"和应为 {sum(numbers)}，实得 {total}", f"the sum is {sum(numbers)}, got {total}")
