import { describe, expect, it } from "vitest";
import { ApiError, asApiError, errorOf, inOurWords } from "../../ui/api/api-error.ts";

describe("the error of an answer", () => {
  it("carries all of a problem", async () => {
    const body = {
      status: 422,
      code: "unknown_reference",
      title: "Unknown reference",
      detail: "No metric is called x.",
      errors: [{ path: "primary_metric", message: "No metric is called x." }],
      request_id: "r1",
    };
    const error = await errorOf(Response.json(body, { status: 422 }));
    expect(error).toMatchObject({
      message: "No metric is called x.",
      status: 422,
      code: "unknown_reference",
      errors: body.errors,
      requestId: "r1",
    });
  });

  it("does not say the detail twice", async () => {
    const body = { status: 404, code: "not_found", title: "Not found", detail: "No.", request_id: "r3" };
    const answer = Response.json({ ...body, errors: [{ path: "", message: "No." }] }, { status: 404 });
    expect(await errorOf(answer)).toMatchObject({ message: "No.", errors: [] });
  });

  it("makes do with an answer that is not ours", async () => {
    const page = new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "x-request-id": "r2" } });
    expect(await errorOf(page)).toMatchObject({ status: 502, code: "unexpected", errors: [], requestId: "r2" });
  });

  it("calls a failed fetch unreachable", () => {
    expect(asApiError(new TypeError("Failed to fetch"))).toMatchObject({ status: 0, code: "unreachable" });
  });
});

describe("what the API tells programs", () => {
  it.each([
    [409, "stale_revision", "Somebody changed this experiment meanwhile. Reload to see it."],
    [401, "invalid_credentials", "Your session has ended. Sign in again in another tab, then try again."],
  ])("is said to a person in other words: %d %s", (status, code, words) => {
    const error = new ApiError("Send If-Match.", { status, code, errors: [{ path: "If-Match", message: "Send it." }] });
    expect(inOurWords(error)).toMatchObject({ message: words, status, code, errors: [] });
  });

  it("stays where it is good enough", () => {
    const error = new ApiError("The key is taken.", { status: 409, code: "key_taken" });
    expect(inOurWords(error)).toBe(error);
  });
});
