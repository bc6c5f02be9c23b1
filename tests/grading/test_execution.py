"""Cells in the sandbox: as in a kernel, with tests that see values only."""

from __future__ import annotations

from decimal import Decimal

import pytest

from heitu.engines.grading import Graded, Nursery, Submitted, grade
from heitu.engines.grading.bindings import Bindings
from heitu.engines.grading.session import Session
from heitu.engines.sandbox.side import Limits

from .building import answered, assignment, check, code, locked, solution
from .conftest import Grade

# What honest solutions do, and what their tests do with it: each has to come out right with no test inside.
FIDELITY = {
    "plain": ("def f(x):\n    return x * 2", "assert f(2) == 4\nassert f('a') == 'aa'\nassert f(1.5) == 3.0"),
    "wrong plain": ("def f(x):\n    return x", "assert f(2) == 2"),
    "numpy": (
        "import numpy as np\ndef f(x):\n    return np.asarray(x) ** 2",
        "r = f([1, 2])\nassert isinstance(r, np.ndarray) and r.dtype == np.int64\nnp.testing.assert_allclose(r, [1, 4])",
    ),
    "an argument changed in place": (
        "def sort(v):\n    v.sort()\ndef grow(d):\n    d['x'] = [1]",
        "v = [3, 1, 2]\nsort(v)\nassert v == [1, 2, 3]\nd = {}\ngrow(d)\nassert d == {'x': [1]}",
    ),
    "an array changed in place": (
        "import numpy as np\ndef zero(a):\n    a[:] = 0", "a = np.ones(3)\nzero(a)\nassert a.sum() == 0",
    ),
    "the argument itself returned": ("def same(v):\n    return v", "v = [1]\nassert same(v) is v"),
    "an exception": (
        "class Poor(Exception):\n    pass\ndef pay(x):\n    if x < 0:\n        raise ValueError('negative')\n    raise Poor('no')",
        "try:\n    pay(-1)\nexcept ValueError as e:\n    assert str(e) == 'negative'\nelse:\n    assert False\n"
        "try:\n    pay(1)\nexcept Poor as e:\n    assert 'no' in str(e)\nelse:\n    assert False",
    ),
    "a class": (
        "class V:\n    def __init__(self, x):\n        self.x = x\n    def __add__(self, o):\n        return V(self.x + o.x)\n"
        "    def __eq__(self, o):\n        return self.x == o.x\n    def __repr__(self):\n        return f'V({self.x})'\n"
        "    def __len__(self):\n        return self.x",
        "v = V(1) + V(2)\nassert v.x == 3\nassert v == V(3)\nassert repr(v) == 'V(3)'\nassert isinstance(v, V)\n"
        "assert len(v) == 3\nv.x = 9\nassert v.x == 9\nassert V.__name__ == 'V'",
    ),
    "a callback": ("def twice(f, x):\n    return f(f(x))", "assert twice(lambda x: x + 1, 1) == 3"),
    "a callback that raises": (
        "def guard(f):\n    try:\n        return f()\n    except ZeroDivisionError:\n        return 'caught'",
        "assert guard(lambda: 1 / 0) == 'caught'",
    ),
    "a generator": ("def count(n):\n    for i in range(n):\n        yield i", "assert list(count(3)) == [0, 1, 2]"),
    "a function returned": ("def adder(n):\n    return lambda x: x + n", "assert adder(2)(3) == 5"),
    "printed text": (
        "def greet():\n    print('hello')",
        "import io\nfrom contextlib import redirect_stdout\nb = io.StringIO()\nwith redirect_stdout(b):\n    greet()\n"
        "assert b.getvalue() == 'hello\\n'",
    ),
    "a variable": ("answer = {'a': (1, 2.5), 'b': {3, 4}}", "assert answer == {'a': (1, 2.5), 'b': {3, 4}}"),
    "a variable that a call changes": (
        "n = 0\ndef step():\n    global n\n    n += 1", "step()\nassert n == 1\nstep()\nassert n == 2",
    ),
    "seeded numbers": (
        "import numpy as np\nimport random\ndef roll():\n    return np.random.rand(), random.random()",
        "import random\nnp.random.seed(1)\nrandom.seed(2)\na = roll()\nnp.random.seed(1)\nrandom.seed(2)\n"
        "assert a == (np.random.rand(), random.random())",
    ),
    "a recursive structure": (
        "class Node:\n    def __init__(self, v, n=None):\n        self.v, self.n = v, n\n"
        "def total(node):\n    return 0 if node is None else node.v + total(node.n)",
        "assert total(Node(1, Node(2))) == 3\nassert Node(1, Node(5)).n.v == 5",
    ),
    "a signature": (
        "def f(a, b=1):\n    'Doc.'",
        "import inspect\nassert list(inspect.signature(f).parameters) == ['a', 'b']\nassert f.__doc__",
    ),
    "big and odd numbers": (
        "def big():\n    return 2 ** 200, -0.0, float('inf'), 1 + 2j, b'x', None, True, range(3), slice(1, 2)",
        "r = big()\nassert r[0] == 2 ** 200 and r[2] == float('inf') and r[3] == 1 + 2j and r[4:7] == (b'x', None, True)",
    ),
    "magics and await": (
        "%time x = 1\nimport asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 7\ny = await f()", "assert y == 7",
    ),
    "an array of objects and text": (
        "import numpy as np\nfrom collections import defaultdict\ndef f():\n    d = defaultdict(int)\n    d['a'] += 1\n"
        "    return np.array(['x', None, 1], dtype=object), np.array(['ab', 'c']), d, d.keys()",
        "r = f()\nassert r[0].tolist() == ['x', None, 1] and list(r[1]) == ['ab', 'c'] and r[2] == {'a': 1} and list(r[3]) == ['a']",
    ),
    "a name of Python's own": ("def sum(v):\n    return 'mine'", "assert sum([1]) == 'mine'"),
}


@pytest.mark.parametrize("name", FIDELITY)
def test_a_solution_passes_outside(graded: Grade, name: str) -> None:
    answer, tests = FIDELITY[name]
    by = assignment(solution("answer", answer), check("tests", tests))
    found = graded(by, answered(by, answer=answer))
    assert [(q.earned, q.flags) for q in found.questions] == [(Decimal(1), ())], errors(found)


def errors(found: Graded) -> list[str]:
    cells = [cell for ran in found.ran for cell in ran.notebook["cells"]]
    return [str(output) for cell in cells for output in cell.get("outputs", ()) if output["output_type"] == "error"]


def test_a_test_that_looks_inside_runs_inside_and_is_flagged(graded: Grade) -> None:
    by = assignment(solution("answer", "def f():\n    return 1"), check("tests", "import inspect\nassert 'return' in inspect.getsource(f)"))
    (question,) = graded(by, answered(by, answer="def f():\n    return 2")).questions
    assert (question.earned, question.flags) == (Decimal(1), ("in_process",))


def test_outputs_are_a_kernels(desks: Nursery) -> None:
    with Session(desks, Limits(seconds=5), Bindings(), {"data.txt": b"hello"}, {}) as session:
        cases = {
            "print('a')\nprint('b')\n3": [("stdout", "a\nb\n"), ("execute_result", "3")],
            "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))": [("display_data", "<b>x</b>")],
            "input()": [("error", "StdinNotImplementedError")],
            "1/0": [("error", "ZeroDivisionError")],
            "def (": [("error", "SyntaxError")],
            "import warnings\nwarnings.warn('w')": [("stderr", "UserWarning: w")],
            "import logging\nlogging.warning('careful')": [("stderr", "careful")],
            "exit()": [("error", "SystemExit"), ("stderr", "To exit")],
            "!ls": [("stderr", "no other program")],
            "open('data.txt').read()": [("execute_result", "'hello'")],
            "import os\nos.environ['NBGRADER_EXECUTION']": [("execute_result", "'autograde'")],
            "x = 5;": [],
            "import asyncio\nawait asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2))": [("execute_result", "[1, 2]")],
            "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)": [("stdout", "2\n")],
            "__name__": [("execute_result", "'__main__'")],
        }
        for source, wanted in cases.items():
            outputs = session.run(source).outputs
            said = [(o.get("name") or o["output_type"], str(o)) for o in outputs]
            assert [kind for kind, _ in said] == [kind for kind, _ in wanted], (source, outputs)
            assert all(repr(part)[1:-1] in text for (_, part), (_, text) in zip(wanted, said, strict=True)), outputs


def test_what_can_be_called_may_stand_for_a_function(graded: Grade) -> None:
    by = assignment(solution("answer", "def f(x):\n    return x + 1"), check("tests", "assert f(1) == 2"))
    called = "import numpy as np\nf = np.vectorize(lambda x: x + 1)"
    equal = "class F:\n    def __call__(self, x):\n        return self\n    def __eq__(self, other):\n        return True\nf = F()"
    assert graded(by, answered(by, answer=called)).earned == 1
    assert graded(by, answered(by, answer=equal)).earned == 0


def test_an_endless_loop_is_interrupted_and_later_cells_run(graded: Grade) -> None:
    by = assignment(
        solution("one", "def f():\n    return 1"), check("t1", "assert f() == 1"),
        solution("two", "def g():\n    return 2"), check("t2", "assert g() == 2"),
    )
    found = graded(by, answered(by, one="def f():\n    while True: pass", two="def g():\n    return 2"), seconds=0.5)
    assert [(q.earned, q.why) for q in found.questions] == [(0, "timeout"), (1, "passed")]


def test_an_end_costs_what_comes_after_it_only(graded: Grade) -> None:
    by = assignment(
        solution("one", "def f():\n    return 1"), check("t1", "assert f() == 1"),
        solution("two", "x = 2"), check("t2", "assert x == 2"),
    )
    found = graded(by, answered(by, one="def f():\n    return 1", two="import os\nos._exit(0)"))
    assert [q.earned for q in found.questions] == [1, 0]


def test_locked_cells_are_the_authors(graded: Grade) -> None:
    by = assignment(
        locked("help", "def close(a, b):\n    return abs(a - b) < 0.1\nLIMIT = 3"),
        solution("answer", "def f():\n    return 1"), check("tests", "assert close(f(), 1) and LIMIT == 3"),
    )
    assert graded(by, answered(by, answer="def f():\n    return 2\ndef close(a, b):\n    return True")).earned == 0
    assert graded(by, answered(by, answer="def f():\n    return 1.01")).earned == 1


def test_a_slow_one_holds_nobody_up(desks: Nursery) -> None:
    by = assignment(solution("answer", "x = 1"), check("tests", "assert x == 1"))
    quick, endless = answered(by, answer="x = 1"), answered(by, answer="while True: pass")
    class_ = [Submitted("loop", {"work.ipynb": endless}), *(Submitted(f"s{n}", {"work.ipynb": quick}) for n in range(4))]
    order = [each.student for each in grade(by, class_, nursery=desks, limits=Limits(seconds=3), workers=1)]
    assert order[-1] == "loop"


def test_loops_are_handed_back_undone_more_of_them_than_may_run_beside(desks: Nursery) -> None:
    by = assignment(solution("answer", "def f():\n    return 1"), check("tests", "assert f() == 1"))
    loops = ("while True: pass", "def f():\n    while True: pass") * 3
    class_ = [Submitted(f"loop{n}", {"work.ipynb": answered(by, answer=each)}) for n, each in enumerate(loops)]
    class_.append(Submitted("last", {"work.ipynb": answered(by, answer="def f():\n    return 1")}))
    limits = Limits(seconds=600)  # which five loops beside one lane would all have to come to
    found = {each.student: each for each in grade(by, class_, nursery=desks, limits=limits, workers=1, set_aside=True)}
    assert {name for name, each in found.items() if each.takes_long} == {each.student for each in class_[:-1]}
    assert not any(each.questions for each in found.values() if each.takes_long)
    assert found["last"].earned == by.maximum


def test_notebooks_may_come_later(desks: Nursery) -> None:
    by = assignment(solution("answer", "x = 1"), check("tests", "assert x == 1"))
    one, other = (Submitted(name, {"work.ipynb": answered(by, answer="x = 1")}) for name in ("one", "other"))
    found = grade(by, iter([None, one, None, other, None]), nursery=desks, workers=1)
    assert [(each.student, each.earned) for each in found] == [("one", by.maximum), ("other", by.maximum)]


def test_a_display_and_a_figure_are_kept(graded: Grade) -> None:
    shown = "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"
    by = assignment(code(shown), solution("answer", "x = 1"), check("tests", "assert x == 1"))
    cell = graded(by, answered(by, answer="x = 1")).ran[0].notebook["cells"][0]
    assert "image/svg+xml" in cell["outputs"][0]["data"]
