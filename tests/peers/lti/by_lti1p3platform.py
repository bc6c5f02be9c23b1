"""lti1p3platform 0.1.8 as a learning platform. Its classes ask to be subclassed for a framework; this is the least of one."""

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService
from serving import CONTEXT, LINK, Book, Refusal, Shared, key_pair, serve


class Asked(Request):
    def build_metadata(self, request):
        return request


def asked(method, headers, **more):
    nothing = {"form_data": {}, "get_data": {}, "content_type": "", "path": "", "json": {}}
    return Asked({**nothing, "method": method, "headers": headers, **more})


class Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, registration):
        self._registration = registration

    def get_registration_by_params(self, **kwargs):
        return self._registration


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, hint):
        self._lti_message_hint = hint

    def get_redirect(self, url):
        return {"_headers": {"status": 302, "Location": url}}


class LaunchOf(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data, **kwargs):
        return launch_data


class Grades(AssignmentsGradesService):
    def __init__(self, book, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.book = book

    def update_score(self, line_item_id, score):
        try:
            self.book.take(score)
        except Refusal as refusal:
            if refusal.status == 409:
                return UpdateScoreStatus.OLD_TIMESTAMP
            raise
        return UpdateScoreStatus.SUCCESS

    find_lineitems = find_lineitem = create_lineitem = update_lineitem = delete_lineitem = get_results = None


Grades.__abstractmethods__ = frozenset()


class Names(NamesRoleProvisioningService):
    def __init__(self, members, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.members = members

    def get_member_data_page(self, **kwargs):
        return {"content": [dict(member) for member in self.members], "has_next": False}

    def get_context_by_id(self):
        return Context(CONTEXT, "NM", "数值方法")


class Platform(Shared):
    def __init__(self, address, told):
        self.address, self.book, self.items, self.tokens, self.members, self.hints = address, Book(), [], 0, [], {}
        private, public = key_pair()
        self.registration = (
            Registration().set_iss(address).set_client_id(told["client_id"]).set_deployment_id("1").set_oidc_login_url(told["login"])
            .set_launch_url(told["target"]).set_deeplink_launch_url(told["start"]).set_platform_private_key(private)
            .set_platform_public_key(public).set_tool_key_set_url(told["keys"])
        )
        kid = self.registration.get_kid()  # theirs; read once, with the key, which would take most of a test's time
        self.registration.get_kid = lambda: kid
        self.registration.set_platform_private_key(load_pem_private_key(private.encode(), None))
        self.conf = Conf(registration=self.registration)

    def on_start(self, sent, headers):
        login = Login(asked("GET", headers), self.conf)
        hint = f"hint-{len(self.hints)}"
        self.hints[hint] = sent
        login.set_lti_message_hint(hint)
        if sent.get("kind") == "deep":
            login.set_deeplinking_launch_url()
        return login.initiate_login(sent["user"])

    def on_auth(self, sent, headers):
        wanted = self.hints[sent["lti_message_hint"]]
        launch = LaunchOf(asked("GET", headers, get_data=sent), self.conf)
        role = f"http://purl.imsglobal.org/vocab/lis/v2/membership#{wanted['role']}"
        launch.set_user_data(sent["login_hint"], [role], wanted.get("name"), wanted.get("email"))
        launch.set_resource_link_claim(LINK, title="加起来")
        launch.set_launch_context_claim(CONTEXT, context_title="数值方法")
        launch.set_launch_presentation_claim("window", f"{self.address}/course")
        if wanted.get("kind") == "deep":
            launch.set_dl(f"{self.address}/deep", "选一个", extra_data={"kept": "here"})
        else:
            launch.set_ags(f"{self.address}/items", f"{self.address}/items/1")
            launch.set_nrps(f"{self.address}/members")
        return launch.lti_launch()

    def on_forge(self, sent, headers):
        """A token with these claims, signed with the platform's key, or badly as asked."""
        how, claims = sent.get("how", ""), sent["claims"]
        if how == "none":
            return {"token": jwt.encode(claims, None, algorithm="none", headers={"kid": self.registration.get_kid()})}
        if how == "hs256":  # the public key as a secret; PyJWT itself refuses to sign so
            return {"token": _with_secret(claims, self.registration.get_platform_public_key(), self.registration.get_kid())}
        if how == "kid":
            key = self.registration.get_platform_private_key()
            return {"token": jwt.encode(claims, key, algorithm="RS256", headers={"kid": "another"})}
        if how == "stranger":
            return {"token": jwt.encode(claims, key_pair()[0], algorithm="RS256", headers={"kid": self.registration.get_kid()})}
        return {"token": self.registration.platform_encode_and_sign(claims)}

    def on_keys(self, sent, headers):
        return self.conf.get_jwks()

    def on_token(self, sent, headers):
        self.tokens += 1
        return self.conf.get_access_token(sent)

    def on_items_1_scores(self, sent, headers):
        service = Grades(
            self.book, asked("POST", headers, json=sent), self.conf, f"{self.address}/items", f"{self.address}/items/1"
        )
        return said(service.handle_resp(service.handle_update_score, line_item_id="1"))

    def on_members(self, sent, headers):
        service = Names(self.members, asked("GET", headers), self.conf, f"{self.address}/members")
        return said(service.handle_resp(service.handle_get_members))

    def on_deep(self, sent, headers):
        self.items = self.conf.validate_deeplinking_resp(sent)
        return {"items": self.items}


def said(response):
    if response.code >= 400:
        raise Refusal(response.code, str(response.message))
    return response.result or {}


def _with_secret(claims, secret, kid):
    import base64
    import hashlib
    import hmac
    import json

    def packed(part):
        return base64.urlsafe_b64encode(part).rstrip(b"=").decode()

    head = packed(json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid}).encode())
    body = f"{head}.{packed(json.dumps(claims).encode())}"
    return f"{body}.{packed(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())}"


serve(Platform)
