"""What a launch says: the claims of LTI 1.3 core, Deep Linking 2.0, AGS 2.0 and NRPS 2.0 that we use, checked for their shape."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from heitu.ground.core.errors import refuse

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/"
SCORE, LINE_ITEM = f"{AGS}scope/score", f"{AGS}scope/lineitem"
MEMBERS = f"{NRPS}scope/contextmembership.readonly"
ROLES = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
RESOURCE, DEEP_LINKING = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
LINK_TYPE = "ltiResourceLink"


class Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ContextClaim(Part):
    id: str = Field(min_length=1, max_length=255)
    title: str = ""
    label: str = ""


class LinkClaim(Part):
    id: str = Field(min_length=1, max_length=255)
    title: str = ""


class Endpoint(Part):
    scope: list[str] = []
    lineitem: str = Field(default="", max_length=1000)
    lineitems: str = Field(default="", max_length=1000)


class Names(Part):
    context_memberships_url: str = Field(default="", max_length=1000)


class Presentation(Part):
    return_url: str = Field(default="", max_length=2000)


class DeepLinking(Part):
    deep_link_return_url: str = Field(max_length=2000)
    accept_types: list[str]
    accept_multiple: bool = False
    accept_lineitem: bool = True
    data: Any = None


class Message(Part):
    """One launch. `roles` and the rest are the platform's word; names and addresses prove nothing about a person."""

    version: Literal["1.3.0"]
    kind: Literal["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    deployment: str = Field(min_length=1, max_length=255)
    sub: str = Field(default="", max_length=255)
    target: str = Field(default="", max_length=2000)
    roles: list[str] = []
    context: ContextClaim | None = None
    link: LinkClaim | None = None
    endpoint: Endpoint = Endpoint()
    names: Names = Names()
    presentation: Presentation = Presentation()
    deep_linking: DeepLinking | None = None
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""

    @property
    def full_name(self) -> str:
        return (self.name or f"{self.family_name}{self.given_name}").strip()[:80]

    @property
    def is_teacher(self) -> bool:
        """An instructor of this course, not one of the sub-roles such as teaching assistant."""
        return _has(self.roles, "Instructor")

    @property
    def is_student(self) -> bool:
        return _has(self.roles, "Learner")


def _has(roles: list[str], name: str) -> bool:
    """Short names are allowed for the roles of a course (LTI 1.3 core, 5.3.7 and A.2)."""
    return f"{ROLES}{name}" in roles or name in roles


CLAIMS = {
    "version": f"{LTI}version", "kind": f"{LTI}message_type", "deployment": f"{LTI}deployment_id", "target": f"{LTI}target_link_uri",
    "roles": f"{LTI}roles", "context": f"{LTI}context", "link": f"{LTI}resource_link", "endpoint": f"{AGS}claim/endpoint",
    "names": f"{NRPS}claim/namesroleservice", "presentation": f"{LTI}launch_presentation",
    "deep_linking": f"{DEEP}deep_linking_settings",
    **{name: name for name in ("sub", "name", "given_name", "family_name", "email")},
}


def _told(claims: dict[str, Any]) -> dict[str, Any]:
    """By our names. Platforms write null for what they don't tell, in a claim or as the whole of it."""
    return {name: _without_nulls(claims[claim]) for name, claim in CLAIMS.items() if claims.get(claim) is not None}


def _without_nulls(value: Any) -> Any:
    return {name: each for name, each in value.items() if each is not None} if isinstance(value, dict) else value


def read(claims: dict[str, Any]) -> Message:
    """Raises Refused `claims_malformed` with every claim at fault, `sub_missing`, `link_missing`."""
    try:
        message = Message.model_validate(_told(claims))
    except ValidationError as error:
        at_fault = "、".join(sorted({".".join(map(str, fault["loc"])) for fault in error.errors()}))
        raise refuse(
            "claims_malformed", f"启动信息不完整或格式不对：{at_fault}。", f"The launch is incomplete or malformed: {at_fault}.",
        ) from None
    if not message.sub:
        raise refuse(
            "sub_missing", "平台没有说明是谁（匿名启动不受支持）。",
            "The platform doesn't say who it is; nobody can launch anonymously.",
        )
    if message.context is None:
        raise refuse("context_missing", "请从学习平台的一门课程里打开。", "Open it from within a course of your platform.")
    if message.kind == RESOURCE and message.link is None:
        raise refuse("link_missing", "启动信息缺少资源链接。", "The launch names no resource link.")
    if message.kind == DEEP_LINKING and (message.deep_linking is None or LINK_TYPE not in message.deep_linking.accept_types):
        raise refuse("links_refused", "平台这里不接受 LTI 链接。", "The platform takes no LTI links here.")
    return message
