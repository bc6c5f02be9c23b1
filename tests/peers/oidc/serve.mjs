// An OpenID provider for tests: node serve.mjs '{"port": 1, "redirect": "http://…", "people": {"login": {claims}}}'
// It insists on PKCE, on the registered redirect address, and on the secret in the Authorization header.
import { Provider } from "oidc-provider";

const { port, redirect, people } = JSON.parse(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "heitu", client_secret: "a secret of the test", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  cookies: { keys: ["a key of the test"] },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
