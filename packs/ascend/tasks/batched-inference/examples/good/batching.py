"""Requests that come together are computed together: the first waits a moment for others."""

import queue
import threading
import time
from concurrent.futures import Future

WAIT, MOST = 0.004, 32  # seconds, requests


class Batcher:
    def __init__(self):
        self._waiting = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def scores(self, model, tokens):
        """Wait for the batch that this request falls into."""
        answer = Future()
        self._waiting.put((model, tokens, answer))
        return answer.result()

    def _work(self):
        while True:
            batch = self._collected()
            for model in {id(each[0]): each[0] for each in batch}.values():
                self._compute(model, [each for each in batch if each[0] is model])

    def _collected(self):
        batch = [self._waiting.get()]
        deadline = time.monotonic() + WAIT
        while len(batch) < MOST and (left := deadline - time.monotonic()) > 0:
            try:
                batch.append(self._waiting.get(timeout=left))
            except queue.Empty:
                break
        return batch

    def _compute(self, model, batch):
        try:
            for (_, _, answer), scores in zip(batch, model.scores_of_all([tokens for _, tokens, _ in batch])):
                answer.set_result(scores)
        except Exception as error:
            for _, _, answer in batch:
                answer.set_exception(error)
