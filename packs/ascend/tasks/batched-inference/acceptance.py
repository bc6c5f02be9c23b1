"""Acceptance checks of the inference service.

The model is one layer of gated units, W = 32 wide; the first W columns are the gate's, the other W the state's:

    g = sigmoid(embedding[token][:W] + h @ recurrent[:, :W] + bias[:W])
    c = tanh(embedding[token][W:] + (g * h) @ recurrent[:, W:] + bias[W:])
    h = (1 - g) * h + g * c                            for each token, from h = 0; scores = h @ output + offset

Its weights are drawn anew in each run.
"""

import time

import numpy as np

TOKENS, WIDTH, CLASSES, LONGEST = 64, 32, 8, 2048
MANY, FEW, LENGTH, ROUNDS = 32, 8, 1200, 3
TIMES = 2.0  # by how much concurrency must divide the work
HTTP = 0.003  # seconds that a request may cost beside the model


def answers(app, rng):
    model = given(app, rng)
    lengths = [1, 2, int(rng.integers(3, 20)), int(rng.integers(20, 200)), int(rng.integers(200, 400))]
    worst = 0.0
    for number, length in enumerate(lengths):
        asked = drawn(rng, f"single-{number}", length)
        worst = max(worst, checked(app, app.post("/predict", asked), model, asked))
    app.measure(largest_error=worst)


def keeps_apart(app, rng):
    model = given(app, rng)
    worst = 0.0
    for turn in range(2):
        asked = [drawn(rng, f"r{turn}-{rng.integers(1 << 40):x}", int(rng.integers(1, 300))) for _ in range(48)]
        replies = app.together([("POST", "/predict", each) for each in asked])
        worst = max(worst, *(checked(app, *pair) for pair in zip(replies, [model] * 48, asked)))
    app.measure(largest_error=worst)


def refuses(app, rng):
    early = app.post("/predict", drawn(rng, "early", 4))
    refused(app, early, "还没有模型时的预测", "a prediction before there is a model")
    model = given(app, rng)
    for body, zh, en in bad(rng):
        refused(app, app.post("/predict", body), zh, en)
    refused(app, app.post("/model", {"embedding": [[1.0]]}), "不完整的模型", "an incomplete model")
    asked = drawn(rng, "after", 30)
    checked(app, app.post("/predict", asked), model, asked)
    missing = app.get("/nowhere")
    app.expect(missing.status == 404, f"未知路径应得 404，实得 {missing.status}", f"an unknown path wants 404, got {missing.status}")


def bad_among_good(app, rng):
    model = given(app, rng)
    rotten = bad(rng)
    good = [drawn(rng, f"g{number}", int(rng.integers(1, 200))) for number in range(24)]
    mixed = [*[(each, None) for each in good], *[(body, (zh, en)) for body, zh, en in rotten]]
    mixed = [mixed[place] for place in rng.permutation(len(mixed))]
    replies = app.together([("POST", "/predict", body) for body, _ in mixed])
    for reply, (body, words) in zip(replies, mixed):
        if words:
            refused(app, reply, *words)
        else:
            checked(app, reply, model, body)


def takes_new_model(app, rng):
    for turn in range(3):
        model = given(app, rng)
        asked = [drawn(rng, f"t{turn}-{number}", int(rng.integers(5, 100))) for number in range(6)]
        replies = app.together([("POST", "/predict", each) for each in asked])
        for reply, each in zip(replies, asked):
            checked(app, reply, model, each)


def batches(app, rng):
    """Processor time for each of FEW requests in turn, but no more than the model alone takes here, over MANY at once.

    Other work on the machine hardly shows in it; that nobody waits idly for the batch is seen by the clock.
    """
    model = given(app, rng)
    app.together([("POST", "/predict", drawn(rng, f"w{number}", 100)) for number in range(4)])
    gains, paces, rates = [], [], []
    for turn in range(ROUNDS):
        alone = of_model_alone(model, drawn(rng, "alone", LENGTH)["tokens"])
        few, few_seconds = cost(app, rng, model, FEW, app.in_turn)
        many, many_seconds = cost(app, rng, model, MANY, app.together)
        gains.append(min(few, alone + HTTP) / many)
        paces.append(few_seconds / many_seconds)
        rates.append(1 / many_seconds)
    gain, pace = float(np.median(gains)), float(np.median(paces))
    app.measure(gain=gain, wanted=TIMES, pace=pace, requests_a_second=float(np.median(rates)))
    app.expect(
        gain >= TIMES, f"并发时每个请求所花的计算只减到 1/{gain:.2f}，应减到 1/{TIMES:g} 以下：把同时到来的请求合成一批",
        f"concurrency divides the work for a request by {gain:.2f}, {TIMES:g} is wanted: compute what comes together as one batch",
    )
    app.expect(
        pace >= 1, f"并发时反而比逐个慢（{pace:.2f} 倍）：不要为凑批久等", f"at once is slower than in turn ({pace:.2f}): don't wait long for a batch",
    )


def cost(app, rng, model, count, send):
    """Processor time and seconds for each request."""
    asked = [drawn(rng, f"{count}-{number}", LENGTH) for number in range(count)]
    replies = send([("POST", "/predict", each) for each in asked])
    for reply, each in zip(replies, asked):
        checked(app, reply, model, each)
    return app.processor / count, app.seconds / count


def of_model_alone(model, tokens):
    """Processor time of one sequence here, computed as plainly as can be."""
    weights = {name: value.astype(np.float32) for name, value in model.items()}
    begun = time.thread_time()
    forward(weights, np.array(tokens))
    return time.thread_time() - begun


def given(app, rng):
    """Draw a model and hand it over; weights as the service gets them, in float64."""
    weights = {
        "embedding": rng.normal(0, 1, (TOKENS, 2 * WIDTH)),
        "recurrent": rng.normal(0, 1 / WIDTH**0.5, (WIDTH, 2 * WIDTH)), "bias": rng.normal(0, 0.1, 2 * WIDTH),
        "output": rng.normal(0, 1, (WIDTH, CLASSES)),
        "offset": rng.normal(0, 0.1, CLASSES),
    }
    model = {name: np.round(value, 5) for name, value in weights.items()}
    answer = app.post("/model", {name: value.tolist() for name, value in model.items()})
    app.expect(
        answer.status == 200, f"POST /model 应得 200，实得 {answer.status}：{answer.excerpt}",
        f"POST /model wants 200, got {answer.status}: {answer.excerpt}",
    )
    return model


def drawn(rng, name, length):
    return {"id": name, "tokens": rng.integers(0, TOKENS, length).tolist()}


def bad(rng):
    good = rng.integers(0, TOKENS, 5).tolist()
    return [
        (b'{"id": "x", "tokens": [1, 2', "不是 JSON 的请求", "a request that isn't JSON"),
        ({"id": "x"}, "缺少 tokens 的请求", "a request without tokens"),
        ({"id": "x", "tokens": []}, "tokens 为空的请求", "a request with no token"),
        ({"id": "x", "tokens": [*good, TOKENS]}, "词元超出范围的请求", "a request with a token out of range"),
        ({"id": "x", "tokens": [-1, *good]}, "词元为负的请求", "a request with a negative token"),
        ({"id": "x", "tokens": [*good, "7"]}, "词元不是整数的请求", "a request with a token that is no integer"),
        ({"tokens": good}, "缺少 id 的请求", "a request without id"),
        ({"id": "x", "tokens": [1] * (LONGEST + 1)}, f"超过 {LONGEST} 个词元的请求", f"a request with over {LONGEST} tokens"),
    ]


def refused(app, answer, zh, en):
    app.expect(400 <= answer.status < 500, f"{zh}应得 4xx，实得 {answer.status}", f"{en} wants 4xx, got {answer.status}")
    words = answer.field("error", str)
    app.expect(words.strip(), f"{zh}：error 里没有说明", f"{en}: error gives no reason")


def checked(app, answer, model, asked):
    """Fail unless the answer is that of the request; the largest error of its scores."""
    name = asked["id"]
    app.expect(
        answer.status == 200, f"{name} 应得 200，实得 {answer.status}：{answer.excerpt}",
        f"{name} wants 200, got {answer.status}: {answer.excerpt}",
    )
    back = answer.field("id", str)
    app.expect(back == name, f"{name} 收到了 id 为 {ascii(back)} 的答复", f"{name} was answered with id {ascii(back)}")
    scores, wanted = answer.numbers("scores", CLASSES), forward(model, np.array(asked["tokens"]))
    error = float(np.abs(scores - wanted).max())
    app.expect(error < 2e-3, f"{name} 的 scores 与参考相差 {error:.3g}", f"the scores of {name} are {error:.3g} off")
    label = answer.field("label", int)
    close = 0 <= label < CLASSES and wanted.max() - wanted[label] < 4e-3
    app.expect(close, f"{name} 的 label 应为 {wanted.argmax()}", f"the label of {name} is {wanted.argmax()}")
    return error


def forward(weights, tokens):
    recurrent, bias = weights["recurrent"], weights["bias"]
    hidden = np.zeros(WIDTH, bias.dtype)
    for each in weights["embedding"][tokens] + bias:
        gate = 1 / (1 + np.exp(-(each[:WIDTH] + hidden @ recurrent[:, :WIDTH])))
        state = np.tanh(each[WIDTH:] + (gate * hidden) @ recurrent[:, WIDTH:])
        hidden = (1 - gate) * hidden + gate * state
    return hidden @ weights["output"] + weights["offset"]
