import { describe, expect, it } from "vitest";
import { ProblemBody } from "../../../contract/problem.ts";
import { Problem, problemResponse } from "../../../workers/http/problem.ts";

describe("problemResponse", () => {
  it("answers a problem as the contract has it, with the request id in a header too", async () => {
    const response = problemResponse(
      new Problem(422, "unknown_reference", "No layer is called x.", {
        errors: [{ path: "layer", message: "No layer is called x." }],
        headers: { "retry-after": "5" },
      }),
      "r-1",
    );
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("x-request-id")).toBe("r-1");
    expect(response.headers.get("retry-after")).toBe("5");
    expect(ProblemBody.parse(await response.json())).toEqual({
      status: 422,
      code: "unknown_reference",
      title: "Unprocessable content",
      detail: "No layer is called x.",
      errors: [{ path: "layer", message: "No layer is called x." }],
      request_id: "r-1",
    });
  });

  it.each([
    [401, "missing_credentials", "authorization"],
    [401, "invalid_credentials", "authorization"],
    [403, "forbidden", ""],
    [404, "not_found", ""],
    [405, "method_not_allowed", ""],
    [409, "conflict", ""],
    [415, "unsupported_media_type", "content-type"],
  ] as const)("names a mistake, though its thrower named none: %i %s", (status, code, path) => {
    expect(new Problem(status, code, "Do otherwise.").errors).toEqual([{ path, message: "Do otherwise." }]);
  });

  it("names no mistake of the request where there is none", () => {
    expect(new Problem(503, "unavailable", "Try again.").errors).toEqual([]);
  });

  it("gives each answer an id of its own", async () => {
    const ids = [1, 2].map(() => problemResponse(new Problem(404, "not_found", "No.")).headers.get("x-request-id"));
    expect(new Set(ids).size).toBe(2);
  });
});
