"""Acceptance checks of the question answerer: documents about invented things, made anew in each run.

A document tells some facts of one subject, in sentences shuffled with filler and with facts of other subjects. Questions
ask for a fact that no other document tells, in the document's words (plainly) or in others.
"""

import re
from dataclasses import dataclass, field

HEADS = "云岚泽青霁遥栖霞澄砚钧朔禾溪棠珩曜峤汀芷"
FAMILY = "林陆沈顾温叶苏程许白"
GIVEN = "远舟知遥怀瑾望舒景行若谷思齐明夷"
FILLER = [
    "不少人第一次听说它，是在当地的报纸上", "这里的介绍由志愿者整理，欢迎补充", "相关资料收藏在市图书馆三层",
    "每逢节假日，关注的人会多一些", "早年的照片如今已不多见", "更详细的说明可以在附录中找到",
    "附近的学生常来参观，并写下感想", "编者走访了多位知情人，记录了以上内容", "近年来的变化，本文不再赘述",
]


@dataclass(frozen=True)
class Fact:
    """How a fact is said, asked plainly and asked otherwise; {s} subject, {v} value."""

    name: str
    says: tuple[str, ...]
    asks: tuple[str, ...]
    otherwise: tuple[str, ...]
    value: object


def number(low, high, unit, digits=0):
    return lambda rng: f"{rng.uniform(low, high):.{digits}f}{unit}"


def person(rng):
    return pick(rng, FAMILY) + "".join(pick(rng, GIVEN) for _ in range(2))


def place(rng):
    return "".join(pick(rng, HEADS) for _ in range(2)) + pick(rng, ["市", "州", "城"])


def firm(rng):
    return "".join(pick(rng, HEADS) for _ in range(2)) + pick(rng, ["科技", "电子", "仪器厂"])


def produce(rng):
    return "".join(pick(rng, HEADS) for _ in range(2)) + pick(rng, ["茶", "米", "蜜柑", "竹纸"])


KINDS = {
    ("手环", "台灯", "净水器", "相机", "耳机", "投影仪"): (
        Fact("weight", ("{s}的重量为{v}", "{s}的重量是{v}"), ("{s}的重量是多少？",), ("{s}有多沉？", "{s}大约多重？"), number(120, 980, "克")),
        Fact("price", ("{s}的售价为{v}", "{s}上市时的售价是{v}"), ("{s}的售价是多少？",), ("买一台{s}要花多少钱？", "{s}卖什么价？"), number(200, 9000, "元")),
        Fact("battery", ("{s}的续航时间为{v}", "{s}的续航时间是{v}"), ("{s}的续航时间是多久？",), ("{s}充满电以后能用多长时间？",), number(5, 90, "小时")),
        Fact("launched", ("{s}的发布年份是{v}", "{s}的发布年份为{v}"), ("{s}的发布年份是哪一年？",), ("{s}是什么时候面世的？",), number(1990, 2024, "年")),
        Fact("maker", ("{s}的研制单位是{v}", "{s}的研制单位为{v}"), ("{s}的研制单位是哪家？",), ("{s}是谁家做出来的？",), firm),
    ),
    ("县", "镇", "岛", "山", "湖"): (
        Fact("height", ("{s}的海拔为{v}", "{s}的海拔是{v}"), ("{s}的海拔是多少？",), ("{s}有多高？",), number(40, 4200, "米")),
        Fact("rain", ("{s}的年降水量为{v}", "{s}的年降水量是{v}"), ("{s}的年降水量是多少？",), ("{s}一年要下多少雨？",), number(150, 2400, "毫米")),
        Fact("people", ("{s}的常住人口为{v}", "{s}的常住人口是{v}"), ("{s}的常住人口是多少？",), ("{s}住着多少人？",), number(0.3, 60, "万人", 1)),
        Fact("produce", ("{s}的特产是{v}", "{s}最有名的特产为{v}"), ("{s}的特产是什么？",), ("去{s}玩，带点什么回来好？",), produce),
    ),
    ("研究院", "大学", "博物馆", "出版社"): (
        Fact("founded", ("{s}的成立年份是{v}", "{s}的成立年份为{v}"), ("{s}的成立年份是哪一年？",), ("{s}是什么时候创办的？",), number(1890, 2015, "年")),
        Fact("seat", ("{s}的所在地是{v}", "{s}的所在地为{v}"), ("{s}的所在地是哪里？",), ("要去{s}，该坐车到什么地方？",), place),
        Fact("staff", ("{s}的员工人数为{v}", "{s}的员工人数是{v}"), ("{s}的员工人数是多少？",), ("有多少人在{s}上班？",), number(20, 5000, "人")),
        Fact("founder", ("{s}的创始人是{v}", "{s}的创始人为{v}"), ("{s}的创始人是谁？",), ("是谁一手办起了{s}？",), person),
    ),
}


@dataclass
class Subject:
    name: str
    alias: str
    kind: tuple
    facts: dict = field(default_factory=dict)  # name → value, said in its own document
    untold: list = field(default_factory=list)  # facts that no document tells
    told_elsewhere: set = field(default_factory=set)
    document: str = ""


def finds(app, rng):
    subjects = indexed(app, rng, made(rng))
    asked = questions(rng, subjects, 40, "asks")
    found = [subject.document in documents[:3] for (subject, _, _), (documents, _) in put(app, asked)]
    share(app, found, 0.9, "recall_at_3", "前三个文档中有依据文档的问题", "questions with the supporting document among the first three")


def answers(app, rng):
    exactly(app, rng, "asks", 0.6)


def answers_well(app, rng):
    exactly(app, rng, "asks", 0.95)


def understands(app, rng):
    exactly(app, rng, "otherwise", 0.7)


def tells_apart(app, rng):
    """Pairs whose names differ in one character, with the same facts."""
    subjects = made(rng, 24)
    twins = [twin(rng, subject, subjects) for subject in subjects[:20]]
    indexed(app, rng, [*subjects, *twins])
    asked = questions(rng, [*subjects[:20], *twins], 40, "asks")
    right = [documents[:1] == [s.document] and same(answer, s.facts[f.name]) for (s, f, _), (documents, answer) in put(app, asked)]
    share(app, right, 0.9, "right", "名称相近时文档与答案都对的问题", "questions on similar names with document and answer right")


def admits(app, rng):
    """Half of the questions have no answer in any document, where an empty one is wanted."""
    subjects = indexed(app, rng, made(rng))
    known = questions(rng, subjects, 20, "asks")
    with_untold = [(s, f, f.asks[0].format(s=s.name)) for s in subjects for f in s.untold]
    unknown = [with_untold[n] for n in rng.permutation(len(with_untold))[:20]]
    right = [same(answer, s.facts[f.name]) for (s, f, _), (_, answer) in put(app, known)]
    silent = [answer == "" for _, (_, answer) in put(app, unknown)]
    share(app, right, 0.6, "exact_match", "有答案而答对的问题", "questions with an answer that are answered exactly")
    share(app, silent, 0.8, "left_empty", "没有答案而留空的问题", "questions without an answer that are left empty")


def indexes_anew(app, rng):
    indexed(app, rng, made(rng, 20))
    subjects = indexed(app, rng, made(rng, 20))
    asked = questions(rng, subjects, 20, "asks")
    replies = put(app, asked)
    known = {subject.document for subject in subjects}
    for (_, _, question), (documents, _) in replies:
        strange = [document for document in documents if document not in known]
        app.expect(not strange, f"“{question}”的依据里有旧文档 {ascii(strange[:1])}", f"an old document supports an answer: {ascii(strange[:1])}")
    found = [subject.document in documents for (subject, _, _), (documents, _) in replies]
    share(app, found, 0.8, "recall", "重建索引后找到依据文档的问题", "questions with the supporting document after indexing anew")


def refuses(app, rng):
    refused(app, app.post("/ask", {"question": f"{name(rng)}山有多高？", "k": 3}), "建索引之前提问", "a question before there is an index")
    subjects = indexed(app, rng, made(rng, 12))
    for body, zh, en in (
        (b"{", "不是 JSON 的请求", "a request that isn't JSON"), ({"k": 3}, "缺少 question 的请求", "a request without question"),
        ({"question": "", "k": 3}, "question 为空的请求", "an empty question"),
        ({"question": subjects[0].name, "k": 0}, "k 为 0 的请求", "a request with k of 0"),
    ):
        refused(app, app.post("/ask", body), zh, en)
    refused(app, app.post("/index", {"documents": [{"id": "x"}]}), "缺少正文的文档", "a document without text")
    asked = questions(rng, subjects, 4, "asks")
    app.expect(any(s.document in documents for (s, _, _), (documents, _) in put(app, asked)), "坏请求之后找不到文档了", "after bad requests no document is found")


def exactly(app, rng, how, wanted):
    subjects = indexed(app, rng, made(rng))
    asked = questions(rng, subjects, 50, how)
    right = [same(answer, subject.facts[fact.name]) for (subject, fact, _), (_, answer) in put(app, asked)]
    share(app, right, wanted, "exact_match", "答案完全正确的问题", "questions that are answered exactly")


def share(app, right, wanted, measure, zh, en):
    got = sum(right) / len(right)
    app.measure(**{measure: got, f"{measure}_wanted": wanted})
    app.expect(got >= wanted, f"{zh}只有 {got:.0%}，应不低于 {wanted:.0%}", f"{en}: {got:.0%}, {wanted:.0%} are wanted")


def put(app, asked, k=5):
    """Each question with (documents, answer), of the shape that the statement fixes."""
    replies = app.in_turn([("POST", "/ask", {"question": question, "k": k}) for _, _, question in asked])
    return [(each, read(app, reply, k)) for each, reply in zip(asked, replies)]


def read(app, reply, k):
    app.expect(reply.status == 200, f"POST /ask 应得 200，实得 {reply.status}：{reply.excerpt}", f"POST /ask wants 200, got {reply.status}: {reply.excerpt}")
    documents, answer = reply.field("documents", list), reply.field("answer", str)
    proper = len(documents) <= k and all(isinstance(each, str) for each in documents) and len(set(documents)) == len(documents)
    app.expect(proper, f"documents 须为至多 {k} 个不重复的文档 id：{reply.excerpt}", f"documents must be at most {k} different ids: {reply.excerpt}")
    return documents, answer


def refused(app, answer, zh, en):
    app.expect(400 <= answer.status < 500, f"{zh}应得 4xx，实得 {answer.status}", f"{en} wants 4xx, got {answer.status}")
    app.expect(answer.field("error", str).strip(), f"{zh}：error 里没有说明", f"{en}: error gives no reason")


def same(answer, value):
    return re.sub(r"[\s。，．,.！!？?“”\"]+$", "", answer.strip()) == value


# What is asked about


def pick(rng, choices):
    return choices[int(rng.integers(len(choices)))]


def name(rng):
    return "".join(HEADS[n] for n in rng.permutation(len(HEADS))[:3])


def made(rng, count=60):
    """Subjects with names of their own; about a third of the facts of each stay untold."""
    heads, subjects = set(), []
    while len(heads) < 2 * count:
        heads.add(name(rng))
    heads = [sorted(heads)[n] for n in rng.permutation(2 * count)]
    kinds = list(KINDS)
    for own, alias in zip(heads[:count], heads[count:]):
        kind = pick(rng, kinds)
        subject = Subject(own + pick(rng, kind), alias, kind)
        tell(rng, subject)
        subjects.append(subject)
    return subjects


def tell(rng, subject):
    facts = KINDS[subject.kind]
    order = rng.permutation(len(facts))
    subject.untold = [facts[n] for n in order[-1:]]
    subject.facts = {facts[n].name: facts[n].value(rng) for n in order[:-1]}


def twin(rng, subject, others):
    """Another subject of the same facts, whose name differs in one character."""
    taken = {each.name for each in others}
    while True:
        place = int(rng.integers(3))
        changed = subject.name[:place] + pick(rng, HEADS) + subject.name[place + 1 :]
        if changed not in taken:
            break
    other = Subject(changed, name(rng), subject.kind)
    other.facts = {fact.name: fact.value(rng) for fact in KINDS[subject.kind] if fact.name in subject.facts}
    return other


def indexed(app, rng, subjects):
    """Write a document about each subject, and hand all of them over."""
    numbers = rng.permutation(9000)[: len(subjects)] + 1000
    for subject, number in zip(subjects, numbers):
        subject.document = f"doc-{number}"
    written = [{"id": each.document, "title": f"{each.name}简介", "text": text(rng, each, subjects)} for each in subjects]
    answer = app.post("/index", {"documents": [written[n] for n in rng.permutation(len(written))]})
    app.expect(answer.status == 200, f"POST /index 应得 200，实得 {answer.status}：{answer.excerpt}", f"POST /index wants 200, got {answer.status}: {answer.excerpt}")
    count = answer.field("documents", int)
    app.expect(count == len(written), f"建索引的文档应为 {len(written)} 个，答复 {count}", f"{len(written)} documents were indexed, the answer says {count}")
    return subjects


def text(rng, subject, subjects):
    sentences = [said(rng, subject, fact, subject.name if rng.random() < 0.5 else "它") for fact in own_facts(subject)]
    alike = [each for each in subjects if each.kind == subject.kind and each is not subject]
    for other in [alike[n] for n in rng.permutation(len(alike))[:2]]:
        fact = pick(rng, own_facts(other))
        other.told_elsewhere.add(fact.name)
        sentences.append("相比之下，" + said(rng, other, fact, other.name))
    sentences += [FILLER[n] for n in rng.permutation(len(FILLER))[: int(rng.integers(2, 5))]]
    shuffled = [sentences[n] for n in rng.permutation(len(sentences))]
    return f"{subject.name}，又称{subject.alias}。" + "".join(f"{each}。" for each in shuffled)


def own_facts(subject):
    return [fact for fact in KINDS[subject.kind] if fact.name in subject.facts]


def said(rng, subject, fact, called):
    return pick(rng, fact.says).format(s=called, v=subject.facts[fact.name])


def questions(rng, subjects, count, how):
    """(subject, fact, question) of facts told once; asked otherwise, half by the alias."""
    pairs = [(s, f) for s in subjects for f in own_facts(s) if f.name not in s.told_elsewhere]
    chosen = [pairs[n] for n in rng.permutation(len(pairs))[:count]]
    return [(s, f, asking(rng, s, f, how)) for s, f in chosen]


def asking(rng, subject, fact, how):
    called = subject.alias if how == "otherwise" and rng.random() < 0.5 else subject.name
    return pick(rng, getattr(fact, how)).format(s=called)
