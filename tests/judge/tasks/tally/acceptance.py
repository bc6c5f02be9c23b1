"""A command: `count` reads words and prints {"words": how many}; `again` prints the count of the time before."""


def counts(app, rng):
    for many in (0, int(rng.integers(1, 9))):
        answer = app.run(["count"], b"word " * many)
        app.expect(answer.status == 0, f"退出码应为 0，实为 {answer.status}", f"exit status 0 wanted, got {answer.status}")
        found = answer.field("words", int)
        app.expect(found == many, f"应为 {many}，实得 {found}", f"{many} wanted, got {found}")
    unknown = app.run([f"unknown-{many}"])
    app.expect(unknown.status == 2, f"未知子命令应退出 2，实为 {unknown.status}", f"2 wanted, got {unknown.status}")


def remembers(app, rng):
    many = int(rng.integers(1, 9))
    app.run(["count"], b"word " * many)
    answers = app.together([("RUN", "again")] * 3)
    app.expect([a.field("words", int) for a in answers] == [many] * 3, f"应记得 {many}", f"{many} should be remembered")
