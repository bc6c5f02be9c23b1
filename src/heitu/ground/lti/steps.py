"""What an administrator does on the platform to register us by hand: its own fields, in the order in which it shows them.

Names are the products' own. Moodle 4 and 5: `mod/lti/edit_form.php`, `mod/lti/lang/en/lti.php` (in 5 `lti/lang/en/ltix.php`), the
services' `ltiservice_gradebookservices.php` and `ltiservice_memberships.php`, Chinese by its language pack zh_cn. Canvas:
`ui/features/developer_keys_v2` and `doc/api/lti_dev_key_config.md`. Open edX: `lti_consumer/lti_xblock.py` 11.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from heitu.ground.core.text import Text
from heitu.ground.lti.actions.registration import NAME_EN, NAME_ZH
from heitu.ground.lti.enums import Product
from heitu.ground.lti.models import Platform
from heitu.ground.lti.queries import our_addresses


@dataclass(frozen=True)
class Step:
    """A field of the platform's: `value` is to be copied into it, `choose` is what to do or set there."""

    field: Text
    value: str = ""
    choose: Text | None = None


@dataclass(frozen=True)
class Part:
    """Where on the platform, and what there."""

    place: Text
    steps: tuple[Step, ...]


def parts_of(platform: Platform) -> list[Part]:
    return list(_PARTS[Product(platform.product)](our_addresses(platform)))


def _copy(zh: str, en: str, value: str) -> Step:
    return Step(_named(zh, en), value=value)


def _choose(zh: str, en: str, chosen_zh: str, chosen_en: str) -> Step:
    return Step(_named(zh, en), choose=Text(zh=chosen_zh or chosen_en, en=chosen_en))


def _named(zh: str, en: str) -> Text:
    """In Chinese with the English name beside it: not every installation has the language pack."""
    return Text(zh=f"{zh} {en}" if zh and zh != en else en, en=en)


def _moodle(ours: dict[str, str]) -> Iterable[Part]:
    yield Part(Text(
        zh="网站管理 Site administration › 插件 Plugins › 活动模块 Activity modules › 外部工具 External tool › 管理工具 Manage tools："
        "点“手动配置一个工具 configure a tool manually”", en="Site administration › Plugins › Activity modules › External tool › "
        "Manage tools: choose “configure a tool manually”",
    ), (
        _copy("工具名", "Tool name", str(Text(zh=NAME_ZH, en=NAME_EN))), _copy("工具 URL", "Tool URL", ours["tool"]),
        _choose("LTI 版本", "LTI version", "", "LTI 1.3"), _choose("公钥类型", "Public key type", "密钥集 URL（Keyset URL）", "Keyset URL"),
        _copy("公钥集", "Public keyset", ours["keys"]), _copy("初始化登录网址", "Initiate login URL", ours["login"]),
        _copy("重定向的 URI", "Redirection URI(s)", ours["redirect"]),
        _choose("工具配置使用", "Tool configuration usage", "在活动选择器中显示", "Show in activity chooser and as a preconfigured tool"),
        _choose("支持深度链接", "Supports Deep Linking (Content-Item Message)", "勾选", "tick it"),
        _copy("内容选择 URL", "Content Selection URL", ours["tool"]),
    ))
    yield Part(Text(zh="同一页：服务 Services", en="On the same page: Services"), (
        _choose("", "IMS LTI Assignment and Grade Services", "", "Use this service for grade sync and column management"),
        _choose("", "IMS LTI Names and Role Provisioning", "", "Use this service to retrieve members' information as per privacy settings"),
    ))
    yield Part(Text(zh="同一页：隐私 Privacy，然后保存", en="On the same page: Privacy; then save"), (
        _choose("与工具共享启动者的名字", "Share launcher's name with tool", "总是 Always", "Always"),
        _choose("与工具共享启动者的电子邮件", "Share launcher's email with tool", "从不 Never", "Never"),
        _choose("接受此工具的成绩", "Accept grades from the tool", "总是 Always", "Always"),
    ))
    yield Part(Text(
        zh="回到管理工具：在工具卡片上点“查看配置细节 View configuration details”，把那里的值抄到下面",
        en="Back under Manage tools: choose “View configuration details” on the tool's card, and copy what it says into the form below",
    ), (
        _choose("客户端 ID", "Client ID", "抄到“客户端编号”", "goes into “Client ID”"),
        _choose("部署 ID", "Deployment ID", "在这里保存后批准它", "approve it after saving here"),
    ))


def _canvas(ours: dict[str, str]) -> Iterable[Part]:
    yield Part(Text(
        zh="管理 Admin › 您的账户 › 开发者密钥 Developer Keys › + Developer Key › + LTI Key",
        en="Admin › your account › Developer Keys › + Developer Key › + LTI Key",
    ), (
        _copy("密钥名称", "Key Name", str(Text(zh=NAME_ZH, en=NAME_EN))), _copy("重定向 URI", "Redirect URIs", ours["redirect"]),
        _choose("方法", "Method", "", "Enter URL"), _copy("", "JSON URL", ours["canvas"]),
        _choose("", "Save", "保存，再把 State 设为 ON", "then set its State to ON"),
    ))
    yield Part(Text(
        zh="同一页的 Details 一列：那个数字就是客户端编号，抄到下面的表单；再用它安装：设置 Settings › 应用 Apps › "
        "View App Configurations › + App", en="The number in the column Details there is the client ID: copy it into the form below, and "
        "install the app with it: Settings › Apps › View App Configurations › + App",
    ), (
        _choose("配置类型", "Configuration Type", "", "By Client ID"),
        _choose("部署 ID", "Deployment Id", "应用的齿轮菜单里；在这里保存后批准它", "in the app's gear menu; approve it after saving here"),
    ))


def _openedx(ours: dict[str, str]) -> Iterable[Part]:
    yield Part(Text(
        zh="Studio › 课程单元 › 高级 Advanced › LTI Consumer › 编辑 Edit", en="Studio › a unit › Advanced › LTI Consumer › Edit",
    ), (
        _choose("", "LTI Version", "", "LTI 1.3"), _copy("", "Launch URL", ours["tool"]),
        _copy("", "Registered Redirect URIs", ours["redirect"]), _copy("", "Tool Initiate Login URL (OIDC)", ours["login"]),
        _choose("", "Tool Public Key Mode", "", "Keyset URL"), _copy("", "Tool Keyset URL", ours["keys"]),
        _choose("", "Names & Roles (NRPS)", "", "True"), _choose("", "Deep linking", "", "True"),
        _copy("", "Deep Linking Launch URL", ours["tool"]), _choose("", "Assignment and Grades", "", "Programmatic"),
        _choose("", "This activity is graded", "", "True"), _choose("", "Share Full name", "", "True"),
    ))
    yield Part(Text(
        zh="保存后，组件在 Studio 里显示客户端编号、部署编号与各地址，抄到下面",
        en="Once saved, the component shows in Studio the client ID, the deployment ID and the addresses: copy them into the form below",
    ), ())


def _other(ours: dict[str, str]) -> Iterable[Part]:
    yield Part(Text(zh="LTI 1.3 工具的登记页", en="Where LTI 1.3 tools are registered"), (
        _copy("工具地址", "Tool URL (target link URI)", ours["tool"]), _copy("登录发起地址", "Initiate login URL", ours["login"]),
        _copy("重定向地址", "Redirection URI", ours["redirect"]), _copy("公钥集地址", "Public keyset URL", ours["keys"]),
        _copy("深度链接地址", "Deep linking URL", ours["tool"]),
    ))


_PARTS = {Product.MOODLE: _moodle, Product.CANVAS: _canvas, Product.OPENEDX: _openedx, Product.OTHER: _other}

# Dynamic Registration: where the link is pasted, and what is left to do there.
LINK_GOES = {
    Product.MOODLE: Text(
        zh="Moodle：网站管理 › 插件 › 活动模块 › 外部工具 › 管理工具，粘贴到“工具 URL… Tool URL…”，点 Add LTI Advantage；"
        "在打开的页面点“连接”；最后在工具卡片上点“激活 Activate”。",
        en="Moodle: Site administration › Plugins › Activity modules › External tool › Manage tools; paste it under “Tool URL…”, choose "
        "Add LTI Advantage, then Connect on the page that opens; at last choose Activate on the tool's card.",
    ),
    Product.CANVAS: Text(
        zh="Canvas：管理 Admin › 开发者密钥 Developer Keys › + Developer Key › + LTI Registration，粘贴到 Dynamic Registration Url，"
        "点 Continue，在打开的页面点“连接”，再点 Enable & Close；然后按客户端编号安装应用，并在这里批准它的部署。",
        en="Canvas: Admin › Developer Keys › + Developer Key › + LTI Registration; paste it under Dynamic Registration Url, choose "
        "Continue, Connect on the page that opens, then Enable & Close; install the app by its client ID, and approve its deployment here.",
    ),
    Product.OTHER: Text(zh="粘贴到平台的“动态注册”处。", en="Paste it where your platform says “Dynamic Registration”."),
}
