"""What a platform's administrator types."""

from __future__ import annotations

from django import forms

from heitu.ground.lti.actions.platforms import Description
from heitu.ground.lti.enums import Product
from heitu.ground.lti.models import Platform
from heitu.ground.people.forms import both, options

MOST_ORIGINS = 20


class PlatformForm(forms.Form):
    name = forms.CharField(
        label=both("名称", "Name"), max_length=80, help_text=both("师生认得的名字，如“云岭学堂”", "As your people know it")
    )
    product = forms.ChoiceField(label=both("产品", "Product"), choices=options(Product))


class DescriptionForm(forms.Form):
    issuer = forms.CharField(label=both("签发者（Issuer / Platform ID）", "Issuer (platform ID)"), max_length=255)
    client_id = forms.CharField(label=both("客户端编号（Client ID）", "Client ID"), max_length=255)
    auth_url = forms.CharField(label=both("认证请求地址（Authentication request URL）", "Authentication request URL"), max_length=500)
    token_url = forms.CharField(label=both("访问令牌地址（Access token URL）", "Access token URL"), max_length=500)
    keys_url = forms.CharField(label=both("公钥集地址（Public keyset URL）", "Public keyset URL"), max_length=500)
    token_audience = forms.CharField(
        label=both("令牌受众（少数平台另有）", "Token audience (if it is another one)"), max_length=500, required=False
    )
    more_origins = forms.CharField(
        label=both("平台的其他主机", "Other hosts of the platform"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=both(
            "每行一个，如 https://lms.example.edu；成绩回传与嵌入只许在登记的主机",
            "One a line, such as https://lms.example.edu: scores and frames go nowhere else",
        ),
    )

    def __init__(self, *args: object, platform: Platform, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial = {name: getattr(platform, name) for name in self.fields} | {
            "more_origins": "\n".join(platform.more_origins)
        } | dict(self.initial)

    def told(self) -> Description:
        data = {name: str(value).strip() for name, value in self.cleaned_data.items()}
        origins = tuple(line.strip().rstrip("/") for line in data.pop("more_origins").splitlines() if line.strip())
        return Description(**data, more_origins=origins[:MOST_ORIGINS])


class DeploymentForm(forms.Form):
    deployment_id = forms.CharField(label=both("部署编号（Deployment ID）", "Deployment ID"), max_length=255)
