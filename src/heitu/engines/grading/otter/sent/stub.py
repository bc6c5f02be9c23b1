"""Stands for the otter package beside a student's notebook: a check is asked for, and made elsewhere."""


class _Outcome:
    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


class Notebook:
    def __init__(self, *_, **__):
        pass

    def check(self, question, global_env=None):
        from heitu.engines.sandbox.notebook import desk

        return _Outcome(desk.ask("check", str(question)))

    def check_all(self):
        return None

    def export(self, *_, **__):
        return None

    def to_pdf(self, *_, **__):
        return None

    def run_plugin(self, *_, **__):
        return None

    add_plugin_files = run_plugin
