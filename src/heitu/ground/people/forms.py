"""What people type; the shape is checked here, the rules in the actions."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import lazystr

from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.ground.people.actions.imports import DOMAIN
from heitu.ground.people.enums import InstitutionKind, Role, Scope, Titled
from heitu.ground.people.models import Institution, Person
from heitu.ground.people.sheets import MOST_BYTES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def both(zh: str, en: str) -> _StrPromise:
    """A label in the language of whoever reads it."""
    return lazystr(Text(zh=zh, en=en))


def options(choices: Iterable[Titled]) -> list[tuple[str, object]]:
    return [(choice.value, lazystr(choice.text)) for choice in choices]


def tell(form: forms.Form, refused: Refused) -> None:
    """Show a refusal where it belongs in the form."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail and password; django-allauth builds its own form on top of this."""

    name = forms.CharField(label=both("姓名", "Name"), max_length=80)

    def signup(self, request: HttpRequest, user: Person) -> None:
        """django-allauth insists on this; the name is set by the account adapter."""


@cache
def time_zones() -> list[tuple[str, str]]:
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [(zone, zone) for zone in ("UTC", *named)]


class ProfileForm(forms.Form):
    name = forms.CharField(label=both("姓名", "Name"), max_length=80)
    name_latin = forms.CharField(
        label=both("拼音或英文名", "Name in Latin letters"), max_length=80, required=False,
        help_text=both("用于英文页面和证书", "For English pages and certificates"),
    )
    language = forms.ChoiceField(label=both("语言", "Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=both("时区", "Time zone"), choices=time_zones)
    wants_mail = forms.BooleanField(
        label=both("通知也发到邮箱", "Send notifications by mail too"), required=False,
        help_text=both("邀请与账号安全邮件不受影响", "Invitations and mails about your account's safety come anyway"),
    )


class InstitutionForm(forms.Form):
    slug = forms.SlugField(
        label=both("标识", "Identifier"), max_length=50,
        help_text=both(
            "网址的一部分，定了不再改，例如 yunling-university", "Part of the address, for good: yunling-university"
        ),
    )
    name_zh = forms.CharField(label=both("中文名称", "Chinese name"), max_length=120)
    name_en = forms.CharField(label=both("英文名称", "English name"), max_length=160, required=False)
    kind = forms.ChoiceField(label=both("类型", "Kind"), choices=options(InstitutionKind))
    region = forms.CharField(label=both("地区", "Region"), max_length=40, required=False)
    domain = forms.CharField(
        label=both("邮箱域名", "E-mail domain"), max_length=120, required=False,
        validators=[RegexValidator(DOMAIN, both("请填域名，例如 example.edu.cn", "A domain such as example.edu.cn"))],
        help_text=both(
            "用此域名邮箱的师生自动通过核验", "Teachers and students with an address there are verified at once"
        ),
    )

    def __init__(self, *args: object, institution: Institution | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if institution:
            del self.fields["slug"]
            self.initial = {
                "name_zh": institution.name.zh, "name_en": institution.name.en, "kind": institution.kind,
                "region": institution.region, "domain": institution.domain,
            }

    def values(self) -> dict[str, Any]:
        """The arguments of the actions: both names as one `Text`."""
        data = dict(self.cleaned_data)
        data["domain"] = data["domain"].lower()
        return {"name": Text(zh=data.pop("name_zh"), en=data.pop("name_en")), **data}


class ImportForm(forms.Form):
    file = forms.FileField(
        label=both("表格文件", "Table"),
        help_text=both(
            f"CSV（UTF-8 或 GBK）或 XLSX，不超过 {MOST_BYTES // 1024 // 1024} MB",
            f"CSV (UTF-8 or GBK) or XLSX, at most {MOST_BYTES // 1024 // 1024} MB",
        ),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse before reading what is far too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            most = MOST_BYTES // 1024 // 1024
            said = both(f"文件超过 {most} MB。", f"The file is larger than {most} MB.")
            raise forms.ValidationError(said, code="file_too_large")
        return file


class RoleForm(forms.Form):
    """Which role, out of those that `roles` allows."""

    role = forms.ChoiceField(label=both("身份", "Role"))

    def __init__(self, *args: object, roles: Iterable[Role], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = options(roles)  # type: ignore[attr-defined]


class InvitationForm(RoleForm):
    email = forms.EmailField(label=both("邮箱", "E-mail"))
    field_order = ["email", "role"]


class TeamForm(forms.Form):
    name = forms.CharField(label=both("团队名称", "Team name"), max_length=80)
    introduction_zh = forms.CharField(
        label=both("中文简介", "Introduction in Chinese"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    introduction_en = forms.CharField(
        label=both("英文简介", "Introduction in English"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def introduction(self) -> Text:
        return Text(zh=self.cleaned_data["introduction_zh"], en=self.cleaned_data["introduction_en"])


class NewTeamForm(TeamForm):
    institution = forms.ModelChoiceField(label=both("所属机构", "Institution"), queryset=Institution.objects.none())
    field_order = ["name", "institution"]

    def __init__(self, *args: object, institutions: QuerySet[Institution], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=both("邮箱", "E-mail"),
        help_text=both(
            "本机构已核验成员直接加入，其他人会收到邀请", "Verified colleagues join at once, others get an invitation"
        ),
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label=both("用途", "Purpose"), max_length=80, help_text=both("例如“实验室服务器”", "For instance “lab server”")
    )
    scopes = forms.MultipleChoiceField(
        label=both("权限", "Scopes"), choices=options(Scope), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=both("有效期", "Good for"), coerce=int, empty_value=None, required=False, initial="90",
        choices=[
            ("30", both("30 天", "30 days")), ("90", both("90 天", "90 days")), ("365", both("一年", "One year")),
            ("", both("直到撤销", "Until revoked")),
        ],
    )
