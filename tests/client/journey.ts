/* What a program does with a client library that another project's generator makes of /openapi.json:
 * signs in, keeps records, meets refusals. Whatever the document says wrongly about names, types or
 * statuses ends here: as an error of the compiler, or as an answer that is not what its type says.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [address = "", name = "", code = ""] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: address });
let token: string | undefined;
client.use({
  onRequest({ request }) {
    if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
  },
});

const password = "seven grey herons wade";

function fromBase32(text: string): Buffer {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...text].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((b) => parseInt(b, 2)));
}

/** The code that an app shows for an address otpauth://… (RFC 6238). */
function codeOf(address: string): string {
  const secret = /secret=([A-Z2-7]+)/.exec(address)?.[1];
  assert.ok(secret);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const at = (mac[19] ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

type Problem = components["schemas"]["Problem"];
type Answer<T> = { data?: T; error?: unknown; response: Response };

/** What came back, or the problem in its own words. */
async function given<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  assert.ok(data !== undefined, `${response.url}: ${JSON.stringify(error)}`);
  return data;
}

async function refused(asked: Promise<Answer<unknown>>, status: number): Promise<Problem> {
  const { error, response } = await asked;
  assert.equal(response.status, status, `${response.url}: ${JSON.stringify(error)}`);
  const problem = error as Problem;
  assert.equal(problem.status, status);
  assert.ok(problem.title.length > 0);
  return problem;
}

async function signInFirst(name: string, code: string): Promise<void> {
  let step = await given(client.POST("/api/v1/enrol", { body: { name, code, password } }));
  if (step.step === "needs_enrol") {
    const ticket = step.ticket;
    assert.ok(ticket);
    const factor = await given(client.POST("/api/v1/sign-in/factor", { body: { ticket } }));
    assert.ok(factor.address);
    step = await given(
      client.POST("/api/v1/sign-in/new-factor", {
        body: { ticket, begun: factor.begun, code: codeOf(factor.address) },
      }),
    );
  }
  assert.equal(step.step, "signed_in");
  token = step.token;
  assert.equal((await given(client.GET("/api/v1/me"))).name, name);
}

/** One account and one contact of it, with all that comes of changing them. */
async function keepRecords(): Promise<void> {
  const account = "/api/v1/accounts/{id}";
  const made = await given(
    client.POST("/api/v1/accounts", { body: { fields: { name: "Hafez Bookshop 北京", country: "IR" } } }),
  );
  const path = { id: made.record.id };
  await given(
    client.POST("/api/v1/contacts", {
      body: { fields: { full_name: "علی رضایی", email: "ali@example.com", account: path } },
    }),
  );
  const read = await client.GET(account, { params: { path } });
  assert.equal(read.data?.fields.name, "Hafez Bookshop 北京");
  const params = { path, header: { "If-Match": read.response.headers.get("etag") ?? "" } };
  const changed = await given(client.PATCH(account, { params, body: { fields: { city: "Shiraz" } } }));
  assert.equal(changed.fields.city, "Shiraz");
  await refused(client.PATCH(account, { params, body: { fields: { city: "Yazd" } } }), 412);
  const query = { filter: "country = 'IR'", sort: "-changed_at", total: true, limit: 5 };
  const page = await given(client.GET("/api/v1/accounts", { params: { query } }));
  assert.equal(page.total, 1);
  assert.equal(page.records[0]?.id, path.id);
  const linked = await given(client.GET("/api/v1/contacts", { params: { query: { expand: "account" } } }));
  assert.equal(linked.records.length, 1);
  const found = await given(client.GET("/api/v1/accounts/search", { params: { query: { q: "hafez" } } }));
  assert.equal(found.records[0]?.id, path.id);
  const history = await given(client.GET("/api/v1/accounts/{id}/history", { params: { path } }));
  assert.ok(history.steps.length >= 2);
  const now = { path, header: { "If-Match": `"${changed.version}"` } };
  await given(client.DELETE(account, { params: now }));
  assert.equal((await given(client.GET("/api/v1/accounts"))).records.length, 0);
  await given(client.POST("/api/v1/accounts/{id}/restore", { params: { path } }));
  assert.equal((await given(client.GET("/api/v1/accounts"))).records.length, 1);
}

async function meetRefusals(): Promise<void> {
  const wrong = { fields: { full_name: "Ann Lee", email: "no mail" } };
  const problem = await refused(client.POST("/api/v1/contacts", { body: wrong }), 422);
  assert.equal(problem.problems?.[0]?.field, "email");
  await refused(client.GET("/api/v1/accounts", { params: { query: { filter: "nothing = 1" } } }), 422);
  const nobody = { path: { id: "01900000-0000-7000-8000-000000000000" } };
  await refused(client.GET("/api/v1/accounts/{id}", { params: nobody }), 404);
  const rows = [{ fields: { name: "Row one" } }, { fields: { name: "Row two", country: "Nowhere at all" } }];
  const written = await given(client.POST("/api/v1/accounts/bulk", { body: { rows } }));
  assert.deepEqual(written.rows.map((row) => row.status), [201, 422]);
}

/** A program with a key of its own, which reaches no further than its scopes. */
async function workByKey(): Promise<void> {
  const added = await given(
    client.POST("/api/v1/users", { body: { name: "feed", kind: "program", roles: ["manager"] } }),
  );
  const made = await given(
    client.POST("/api/v1/users/{id}/keys", {
      params: { path: { id: added.user.id } },
      body: { label: "journey", scopes: "account.list" },
    }),
  );
  assert.equal((await client.POST("/api/v1/sign-out")).response.status, 204);
  token = undefined;
  const form = {
    grant_type: "client_credentials" as const,
    client_id: made.client_id,
    client_secret: made.client_secret,
  };
  const access = await given(
    client.POST("/oauth/token", {
      body: form,
      bodySerializer: (body) => new URLSearchParams(body).toString(),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    }),
  );
  token = access.access_token;
  assert.ok((await given(client.GET("/api/v1/accounts"))).records.length > 0);
  await refused(client.GET("/api/v1/contacts"), 403);
  token = undefined;
  await refused(client.GET("/api/v1/accounts"), 401);
}

await signInFirst(name, code);
await keepRecords();
await meetRefusals();
await workByKey();
console.log("pass client");
