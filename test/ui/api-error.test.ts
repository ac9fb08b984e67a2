import { describe, expect, it } from "vitest";
import { asApiError, errorOf } from "../../ui/api/api-error.ts";

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

  it("makes do with an answer that is not ours", async () => {
    const page = new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "x-request-id": "r2" } });
    expect(await errorOf(page)).toMatchObject({ status: 502, code: "unexpected", errors: [], requestId: "r2" });
  });

  it("calls a failed fetch unreachable", () => {
    expect(asApiError(new TypeError("Failed to fetch"))).toMatchObject({ status: 0, code: "unreachable" });
  });
});
