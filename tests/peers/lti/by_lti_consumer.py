"""LtiAdvantageConsumer of Open edX's lti-consumer-xblock 11.4.4 as a learning platform."""

from django.conf import settings

settings.configure(
    PLATFORM_NAME="Open edX", FEATURES={}, LMS_ROOT_URL="http://localhost",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
)

from lti_consumer.data import Lti1p3LaunchData  # noqa: E402
from lti_consumer.lti_1p3.consumer import LtiAdvantageConsumer  # noqa: E402
from serving import CONTEXT, LINK, Book, Refusal, Shared, key_pair, serve  # noqa: E402

ROLES = {"Learner": "student", "Instructor": "staff"}


class Platform(Shared):
    def __init__(self, address, told):
        self.address, self.book, self.items, self.tokens, self.members, self.hints = address, Book(), [], 0, [], {}
        self.consumer = LtiAdvantageConsumer(
            iss=address, lti_oidc_url=told["login"], lti_launch_url=told["target"], client_id=told["client_id"], deployment_id="1",
            rsa_key=key_pair()[0], rsa_key_id="edx-key", redirect_uris=[told["launch"]], tool_keyset_url=told["keys"],
        )
        self.consumer.enable_deep_linking(told["start"], f"{address}/deep")

    def on_start(self, sent, headers):
        deep = sent.get("kind") == "deep"
        data = Lti1p3LaunchData(
            user_id=sent["user"], user_role=ROLES[sent["role"]], config_id="c", resource_link_id=LINK,
            message_type="LtiDeepLinkingRequest" if deep else "LtiResourceLinkRequest", context_id=CONTEXT,
            name=sent.get("name"), email=sent.get("email"),
        )
        url = self.consumer.prepare_preflight_url(data)
        self.hints[sent["user"]] = sent
        return {"_headers": {"status": 302, "Location": url}}

    def on_auth(self, sent, headers):
        wanted, consumer = self.hints[sent["login_hint"]], self.consumer
        consumer.set_user_data(sent["login_hint"], ROLES[wanted["role"]], wanted.get("name"), wanted.get("email"))
        consumer.set_resource_link_claim(LINK, title="加起来")
        consumer.set_context_claim(CONTEXT, context_title="数值方法")
        consumer.set_launch_presentation_claim("iframe", f"{self.address}/course")
        if wanted.get("kind") != "deep":
            consumer.enable_ags(f"{self.address}/items", f"{self.address}/items/1")
            consumer.enable_nrps(f"{self.address}/members")
        made = consumer.generate_launch_request(sent)
        return {"launch_url": sent["redirect_uri"], **made}

    def on_forge(self, sent, headers):
        return {"token": self.consumer.key_handler.encode_and_sign(message=sent["claims"])}

    def on_keys(self, sent, headers):
        return self.consumer.get_public_keyset()

    def on_token(self, sent, headers):
        self.tokens += 1
        return self.consumer.access_token(sent)

    def on_items_1_scores(self, sent, headers):
        self.insist(headers, "https://purl.imsglobal.org/spec/lti-ags/scope/score")
        self.book.take(sent)
        return {}

    def on_members(self, sent, headers):
        self.insist(headers, "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly")
        return {"id": f"{self.address}/members", "context": {"id": CONTEXT}, "members": self.members}

    def on_deep(self, sent, headers):
        self.items = self.consumer.check_and_decode_deep_linking_token(sent["JWT"])
        return {"items": self.items}

    def insist(self, headers, scope):
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.consumer.check_token(token, [scope]):
            raise Refusal(403, "the token lacks the scope")


serve(Platform)
