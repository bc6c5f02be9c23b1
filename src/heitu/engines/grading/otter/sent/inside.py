"""Runs an otter test file on the author's side of a grading. Sent there as source and run as a cell: it imports nothing
of ours, and what it is asked to run comes with the assignment."""


def _heitu_install_otter():
    import sys
    import types

    class test_case:
        def __init__(self, name=None, points=None, hidden=False, success_message=None, failure_message=None):
            self.name, self.points, self.hidden = name, points, hidden
            self.test_func = None

        def __call__(self, test_func):
            self.test_func = test_func
            return self

    package, module = types.ModuleType("otter"), types.ModuleType("otter.test_files")
    module.test_case = test_case
    package.test_files = module
    package.__path__ = []
    sys.modules.update({"otter": package, "otter.test_files": module})
    return test_case


_heitu_test_case = _heitu_install_otter()


def _heitu_check(source, path, names):
    """The cases of a test file, tried: JSON with name, points, all_or_nothing and cases."""
    import json

    scope = {}
    try:
        exec(compile(source, path, "exec"), scope)
        if "OK_FORMAT" not in scope:
            raise ValueError("OK_FORMAT is not defined")
        found = (_heitu_ok if scope["OK_FORMAT"] else _heitu_exceptions)(scope, names)
    except Exception as error:
        found = {"broken": f"{type(error).__name__}: {error}"}
    return json.dumps(found)


def _heitu_ok(scope, names):
    from textwrap import dedent

    spec = scope["test"]
    (suite,) = spec["suites"]
    if suite.get("type", "doctest") != "doctest" or suite.get("setup") or suite.get("teardown"):
        raise ValueError("only doctest suites without setup and teardown")
    cases = []
    for n, case in enumerate(suite["cases"]):
        passed, message = _heitu_doctest(f"{spec['name']} {n}", dedent(case["code"]), names)
        cases.append({
            "name": case.get("name", f"{spec['name']} - {n + 1}"), "hidden": bool(case.get("hidden", True)),
            "points": case.get("points"), "passed": passed, "message": message,
        })
    return {"name": spec["name"], "points": spec.get("points"),
            "all_or_nothing": bool(spec.get("all_or_nothing", False)), "cases": cases}


def _heitu_doctest(name, code, names):
    import contextlib
    import doctest
    import io

    examples = [each for each in doctest.DocTestParser().parse(code, name) if isinstance(each, doctest.Example)]
    test = doctest.DocTest(examples, names, name, None, None, code)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        result = doctest.DocTestRunner(verbose=False).run(test, out=said.write, clear_globs=False)
    return result.failed == 0, said.getvalue()[-4000:] if result.failed else ""


def _heitu_exceptions(scope, names):
    import inspect

    cases = []
    for case in [each for each in scope.values() if isinstance(each, _heitu_test_case)]:
        wanted = inspect.signature(case.test_func).parameters
        try:
            case.test_func(**{each: names if each == "env" else names.get(each) for each in wanted})
            passed, message = True, ""
        except Exception as error:
            passed, message = False, f"{type(error).__name__}: {error}"[:4000]
        cases.append({"name": case.name or f"{scope['name']} - {len(cases) + 1}", "hidden": bool(case.hidden),
                      "points": case.points, "passed": passed, "message": message})
    return {"name": scope["name"], "points": scope.get("points"),
            "all_or_nothing": bool(scope.get("all_or_nothing", False)), "cases": cases}
