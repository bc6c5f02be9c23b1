"""What each rule, verdict and flag of the judge means, and how to mend it, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from heitu.ground.core.text import Text
from heitu.stages.deliverables.enums import DOUBTS


@dataclass(frozen=True)
class Advice:
    """What was found, and what to do about it."""

    meaning: Text
    mend: Text


def _advice(zh: str, en: str, mend_zh: str, mend_en: str) -> Advice:
    return Advice(Text(zh=zh, en=en), Text(zh=mend_zh, en=mend_en))


# By the rule that a case or the whole submission breaks.
RULES = {
    "shape_or_dtype": _advice(
        "返回数组的形状或数据类型与题目不符。", "A returned array has another shape or dtype than the task asks for.",
        "对照题目的输出说明；计算用的类型可以更宽，返回前用 astype 转回。空数组与广播也要得到正确的形状。",
        "Compare with the outputs in the statement; compute in a wider dtype if you like, and cast back with astype "
        "before returning. Empty and broadcast inputs need the right shape too.",
    ),
    "output": _advice(
        "返回的不是题目要求的数组，或者个数不对。", "What was returned isn't the array asked for, or not as many of them.",
        "返回 numpy 数组，不要返回列表、标量或 None；有多个输出时按题目的次序返回元组。",
        "Return numpy arrays, not a list, a scalar or None; several outputs as a tuple, in the statement's order.",
    ),
    "exact": _advice(
        "这里要求逐个元素完全相等，有元素不等。", "Every element must be exactly equal here, and some aren't.",
        "检查索引、并列时的次序、取整方向与整数溢出；从最差元素的位置入手。",
        "Look at indexes, the order of ties, the direction of rounding and integer overflow; start at the worst "
        "element.",
    ),
    "nan_or_infinity": _advice(
        "出现了不该有的 NaN 或无穷，或者该有的地方没有。",
        "There is a NaN or an infinity where none belongs, or none where one does.",
        "多半是溢出或除以零：先减去最大值再取指数，用更宽的类型累加，给分母加上题目规定的 eps。",
        "Mostly an overflow or a division by zero: subtract the maximum before exponentials, accumulate in a wider "
        "dtype, and add the statement's eps to the denominator.",
    ),
    "share": _advice(
        "误差在允许之内的元素不够多。", "Too few elements are within the allowed error.",
        "误差遍布各处，通常是中间结果精度不足：改用 fp32 累加，最后一步再舍入一次。",
        "The error is everywhere, so intermediate precision is usually too low: accumulate in fp32 and round "
        "once at the end.",
    ),
    "largest": _advice(
        "绝大多数元素合格，但最大的误差超过了上限。", "Nearly all elements are fine, but the largest error is over its bound.",
        "从最差元素的位置查起：边界、末尾不满一块的部分、很大或很小的值、相近数相减。",
        "Start at the worst element: borders, the last incomplete block, very large or small values, differences "
        "of near numbers.",
    ),
    "mere": _advice(
        "平均相对误差超过标准。", "The mean relative error is over the standard's.",
        "误差遍布各处：改用更宽的类型累加，减少中间舍入的次数。",
        "The error is everywhere: accumulate in a wider dtype and round less often on the way.",
    ),
    "mare": _advice(
        "平均误差合格，但最大相对误差超过标准。",
        "The mean error is fine, but the largest relative error is over the standard's.",
        "从最差元素查起；接近零的值最容易超限，注意相近数相减与过早舍入。",
        "Start at the worst element; values near zero fail first: mind differences of near numbers and rounding "
        "too early.",
    ),
    "rmse": _advice(
        "均方根误差超过标准。", "The root mean square error is over the standard's.",
        "大的值误差大：检查长求和的累加方式与缩放的次序，改用更宽的类型或分块归约。",
        "Large values are far off: look at how long sums are accumulated and when things are scaled; use a wider "
        "dtype, or reduce in blocks.",
    ),
    "close": _advice(
        "有元素超出允许的误差，而这一标准不容许任何例外。",
        "Some elements are over the allowed error, and this standard lets none pass.",
        "从最差元素查起，核对公式、eps 的位置与累加次序。",
        "Start at the worst element, and check the formula, the place of eps, and the order of summation.",
    ),
    "ulp": _advice(
        "与正确舍入的结果相差太多个最小刻度（ULP）。",
        "Some elements are too many units in the last place from the rounded truth.",
        "全程用更宽的类型计算，只在最后舍入一次；不要用近似的倒数、指数或平方根。",
        "Compute in a wider dtype throughout and round once at the end; no approximate reciprocal, exponential "
        "or square root.",
    ),
    "not_deterministic": _advice(
        "同样的输入算了两次，结果不同。", "The same input gave different results when it was computed twice.",
        "检查未初始化的内存（np.empty）、跨调用保留的状态、随机数与线程间的竞争。",
        "Look for uninitialised memory (np.empty), state kept between calls, random numbers and races between threads.",
    ),
    "below_threshold": _advice(
        "指标没有达到门槛。", "The metric doesn't reach the threshold.",
        "比较各次运行与公开行上的成绩：都低说明模型或特征不够，忽高忽低说明训练不稳，公开行高而总成绩低说明过拟合。",
        "Compare the runs and the public rows: low everywhere asks for a better model or features, up and down for "
        "steadier training, and well on the public rows alone is overfitting.",
    ),
    "not_reproducible": _advice(
        "同样的数据与种子训练两次，预测不同。", "Trained twice on the same data and seed, it predicted differently.",
        "所有随机数都从参数 seed 派生；不要用当前时间、字典或集合的次序，也不要依赖线程的先后。",
        "Derive every random number from the argument seed; don't depend on the clock, the order of sets, or of "
        "threads.",
    ),
    "entry_name": _advice(
        "找不到题目规定的入口函数。", "The entry function that the task names isn't there.",
        "按题目的名字定义入口函数；C++ 要写 extern \"C\"，每种数据类型一个函数。",
        "Define the entry function under the statement's name; in C++ as extern \"C\", one for each dtype.",
    ),
    "missing_module": _advice(
        "导入了评测环境里没有的模块。", "It imports a module that isn't there when it is judged.",
        "只用题目工具链里有的库；自己写的模块与入口文件打包成一个 zip 提交。",
        "Use what the task's toolchain has; submit modules of your own and the entry file in one zip.",
    ),
    "syntax": _advice(
        "源代码有语法错误，无法载入。", "The source has a syntax error and can't be loaded.",
        "改好上面指出的那一行，先在自己机器上用 python -m py_compile 检查再提交。",
        "Mend the line named above, and check with python -m py_compile on your own machine before you submit.",
    ),
    "encoding": _advice(
        "源文件的编码读不了。", "The source is in an encoding that can't be read.",
        "在编辑器里选择“另存为 UTF-8”；不要用 GBK 或 UTF-16。", "Save it as UTF-8 in your editor, not as GBK or UTF-16.",
    ),
    "signature": _advice(
        "入口函数的参数个数与题目不符。", "The entry function doesn't take the parameters that the task hands it.",
        "参数的个数和次序照题目写，按位置传入；多出的参数要有默认值。",
        "Take as many parameters as the statement says, in its order, by position; any more need defaults.",
    ),
    "file_type": _advice(
        "提交里有不接受的文件类型。", "The submission holds a type of file that isn't taken.",
        "只放源代码与说明；模型任务还可以带权重文件。删去编译产物、缓存与隐藏文件。",
        "Keep sources and notes, and weights in tasks on models; leave out build products, caches and hidden files.",
    ),
    "file_name": _advice(
        "有文件名不能接受。", "A file's name can't be taken.",
        "文件名只用字母、数字、下划线、点与连字符，不以点开头，不与文件夹同名。",
        "Use letters, digits, underscore, dot and hyphen only, no leading dot, and no name that is also a folder's.",
    ),
    "entry_file": _advice(
        "找不到入口文件，或者不止一个。", "There is no entry file, or more than one.",
        "压缩包最外层放且只放一个入口文件，例如 submission.py；不要再套一层文件夹。",
        "Put exactly one entry file such as submission.py at the top of the archive, not inside a folder.",
    ),
    "language": _advice(
        "本任务不接受这种语言。", "This task doesn't take that language.",
        "看题目允许哪些语言，换用对应的入口文件名。", "See which languages the statement allows and use their entry file.",
    ),
    "path_climbs": _advice(
        "压缩包里有指向包外的路径。", "The archive holds a path that leads out of it.",
        "在提交文件夹内重新打包，用相对路径，不要含“..”。",
        "Pack again from inside the folder, with relative paths and without “..”.",
    ),
    "shadowed_module": _advice(
        "有文件与工具链的模块同名，会把它盖住。", "A file has the name of one of the toolchain's modules and would hide it.",
        "改个名字，例如 numpy.py 改为 helpers.py。", "Rename it, for instance numpy.py to helpers.py.",
    ),
    "archive": _advice(
        "压缩包读不了。", "The archive can't be read.",
        "重新打成普通的 zip：不加密，不分卷，没有重名文件。", "Make a plain zip again: no password, one part, no name twice.",
    ),
    "zip_bomb": _advice(
        "压缩包展开后大得不合常理。", "The archive unpacks to an implausible size.",
        "不要放大段重复的数据；能算出来的数据在代码里算。",
        "Leave out long repetitive data; compute in the code what can be computed.",
    ),
    "too_large": _advice(
        "提交超过大小上限。", "The submission is over the size limit.",
        "去掉数据集、缓存与编译产物；权重可以用更窄的类型保存。",
        "Leave out data sets, caches and build products; keep weights in a narrower dtype.",
    ),
    "too_many_files": _advice(
        "文件太多。", "There are too many files.",
        "只放评测用得到的文件，或合并模块。", "Keep what the judge needs, or merge modules.",
    ),
    "not_a_plain_file": _advice(
        "里面有链接、设备或管道一类的特殊文件。", "It holds a link, a device or a pipe.",
        "换成普通文件再打包。", "Replace it with a plain file and pack again.",
    ),
}

# By the verdict, where no rule says it better.
VERDICTS = {
    "wrong_answer": _advice(
        "结果与参考实现不符。", "The result differs from the reference.",
        "先在自己机器上用公开用例对照，从最差元素查起。",
        "Compare on the public cases on your own machine first, from the worst element.",
    ),
    "too_slow": _advice(
        "结果正确，但远慢于基线。", "It is right, but far slower than the baseline.",
        "看看哪些形状最慢：避免 Python 逐元素循环与多余的复制，先把整块运算交给 numpy 或 C++。",
        "See which shapes are slowest: no Python loops over elements, no needless copies; leave whole blocks to "
        "numpy or C++.",
    ),
    "time_limit": _advice(
        "一次调用用完了处理器时间。", "One call used up its processor time.",
        "检查死循环，以及在大形状上增长过快的算法；一次性的准备放到模块载入时做。",
        "Look for endless loops and for algorithms that grow too fast with the shape; prepare once when the "
        "module is loaded.",
    ),
    "memory_limit": _advice(
        "用的内存超过上限。", "It used more memory than allowed.",
        "分块处理，及时释放中间结果，避免隐含的广播展开成大数组。",
        "Work in blocks, let go of intermediate results, and mind broadcasts that become large arrays.",
    ),
    "output_limit": _advice(
        "打印的内容太多。", "It printed too much.",
        "去掉调试输出；打印什么都不影响结论。", "Remove debugging output; nothing printed counts towards the verdict.",
    ),
    "runtime_error": _advice(
        "运行时抛出异常或进程退出。", "It raised an exception, or its process ended.",
        "公开用例的报错见下表；没有报错的多半是边界形状：长度为 0 或 1、不连续的数组、广播。",
        "The table below has the message for public cases; without one, suspect the odd shapes: length 0 or 1, arrays "
        "that aren't contiguous, broadcasts.",
    ),
    "compile_error": _advice(
        "没有编译或载入成功。", "It didn't compile or load.",
        "编译器的话就在上面；在自己机器上用同样的选项（g++ -O3）先编译一遍。",
        "The compiler's words are above; compile it once on your own machine with the same options (g++ -O3).",
    ),
    "refused": _advice(
        "提交本身不合规，没有运行。", "The submission itself breaks a rule, so nothing was run.",
        "按上面的说明改好再提交。", "Mend what is said above and submit again.",
    ),
    "judge_error": _advice(
        "评测机自身出了故障，与提交无关。", "The judge itself was at fault, not the submission.",
        "不用改，也不计次数；会自动重试，仍不行由工作人员处理。",
        "There is nothing to mend and no try is charged; it is tried again, and then a person looks.",
    ),
    "skipped": _advice(
        "前面已有多次异常退出，没有再运行。",
        "It wasn't run, since earlier cases had already ended the process several times.",
        "先解决前面的用例。", "Mend the earlier cases first.",
    ),
}

# By what comes before the colon of a flag; `{what}` is what comes after.
FLAGS = {
    "simulated": Text(zh="模拟结论：没有真正运行。", en="Simulated: nothing was run."),
    "tasks_outlive_calls": Text(
        zh="调用返回后仍有线程或进程在运行；会有人查看。", en="Threads or processes went on after a call had returned; a person will look.",
    ),
    "not_timed": Text(
        zh="{what} 内核在解释器里运行，只判对错、不计速度，因此没有加速比，也不上榜。",
        en="The {what} kernel ran in its interpreter, which tells right from wrong and nothing about speed: there is no "
        "speed-up, and no rank.",
    ),
    "no_kernel": Text(
        zh="没有找到 @triton.jit 内核；会有人查看。", en="No @triton.jit kernel was found; a person will look.",
    ),
    "short_case": Text(
        zh="用例 {what} 太短，计时误差相对较大。", en="Case {what} is short, so its timing is less certain.",
    ),
    "timing_lock_unavailable": Text(
        zh="计时时未能确认本机没有别的评测。", en="It couldn't be made sure that nothing else was timed on the machine.",
    ),
    "timed_beside_another": Text(
        zh="计时时本机还有别的评测，区间可能偏宽。", en="Another run was timed on the machine meanwhile; intervals may be wide.",
    ),
    "implausible": Text(
        zh="用例 {what} 快得不合常理：已通知出题人，有人核实之前不参与排名。",
        en="Case {what} is implausibly fast: the owner was told, and it has no rank until a person has checked it.",
    ),
    "without": Text(
        zh="评测时缺少沙箱层 {what}，由运营者放行。", en="Judged without the sandbox's layer {what}, which the operator waived.",
    ),
}


def doubts_of(flags: Iterable[str] | None) -> list[Text]:
    """What among a verdict's flags a person should look at."""
    return [flag_words(flag) for flag in flags or () if flag.partition(":")[0] in DOUBTS]


def advice_for(rule: str, verdict: str) -> Advice | None:
    """By the rule where it is known, else by the verdict; None for what passed or nobody has words for."""
    return RULES.get(rule) or VERDICTS.get(verdict)


def meaning_of(rule: str, verdict: str) -> Text | None:
    """What a case's rule means; None where its verdict says it all."""
    found = RULES.get(rule) or (VERDICTS["skipped"] if verdict == "skipped" else None)
    return found.meaning if found else None


def flag_words(flag: str) -> Text:
    """The sentence for a flag; the flag itself where there is none."""
    name, _, what = flag.partition(":")
    words = FLAGS.get(name)
    if words is None:
        return Text(zh=flag, en=flag)
    return Text(zh=words.zh.replace("{what}", what), en=words.en.replace("{what}", what))
