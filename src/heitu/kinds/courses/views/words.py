"""What the script of the cells says."""

from heitu.ground.core.text import Text

CELLS = {
    "saved": Text(zh="已保存", en="Saved"),
    "saving": Text(zh="正在保存…", en="Saving…"),
    "unsaved": Text(zh="有未保存的改动", en="Not saved yet"),
    "offline": Text(
        zh="连不上服务器，文字还在本页，会自动重试。",
        en="The server can't be reached. Your text is still on this page; it will try again.",
    ),
    "unreachable": Text(zh="连不上服务器，文字还在本页。", en="The server can't be reached. Your text is still on this page."),
    "running": Text(zh="正在运行", en="Running"),
    "waiting": Text(zh="排队等待运行", en="Waits to run"),
    "dropped": Text(zh="没有运行：前面的一格出错或被中断了。", en="Not run: a cell before it failed or was interrupted."),
    "ended": Text(zh="会话结束时停下了", en="Stopped when the session ended"),
    "done": Text(zh="已运行，用时 {n} 秒", en="Ran in {n} s"),
    "failed": Text(zh="运行出错", en="Ran with an error"),
    "left": Text(zh="算力券还可用 {n} 分钟", en="{n} min left on your voucher"),
    "used": Text(zh="本次已用 {n} 分钟", en="{n} min used so far"),
    "anew": Text(zh="解释器是新的，之前的变量已清空。", en="This is a new interpreter: earlier variables are gone."),
    "moved": Text(zh="结束那边，在这里开始", en="End that one and start here"),
    "conflict": Text(
        zh="这份实验刚在另一个页面里改过。您在本页写的已另存为副本，两边都没有丢。",
        en="This lab has just been changed on another page. What you wrote here is kept as a copy; neither is lost.",
    ),
    "newer": Text(zh="这份实验刚在另一个页面里改过。", en="This lab has just been changed on another page."),
    "signed_out": Text(
        zh="您已退出登录。文字还在本页：请在另一个标签页登录，再回到这里。",
        en="You are signed out. Your text is still on this page: sign in on another tab, then come back here.",
    ),
    "remove": Text(zh="删去这一格？", en="Remove this cell?"),
}
