import assert from "node:assert/strict";
import { test } from "node:test";
import { problemOf } from "../../../zhixing/classroom/static/call.js";
import { outcomeOf } from "../../../zhixing/classroom/static/outbox.js";

const OURS = { message: "这道题答完了。", next: "", isOurs: true };
const STRANGER = { message: "服务器没有正常回答（403）。", next: "请稍后再试。", isOurs: false };

test("only the classroom refuses an answer", () => {
  for (const status of [403, 404, 409, 422])
    assert.equal(outcomeOf(status, OURS).status, "refused", status);
});

test("what stands between us and the classroom makes an answer wait", () => {
  for (const status of [403, 404, 413, 502]) {
    const outcome = outcomeOf(status, STRANGER);
    assert.equal(outcome.status, "waiting", status);
    assert.match(outcome.message, /没有正常回答/);
  }
});

test("an ended session and a busy server make it wait too", () => {
  assert.equal(outcomeOf(401, OURS).signedOut, true);
  for (const status of [429, 500, 503, 507])
    assert.equal(outcomeOf(status, OURS).status, "waiting", status);
});

test("a problem is ours if it has our shape", async () => {
  const error = { code: "closed", message: "已经截止。", field: null, next: "请联系教员。" };
  assert.equal((await problemOf(Response.json({ error }, { status: 409 }))).isOurs, true);
  for (const body of ["<html>403</html>", "{}", "null"])
    assert.equal((await problemOf(new Response(body, { status: 403 }))).isOurs, false, body);
});
