import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { harness, here, key, order, publish, rulesetOf, start, startAfresh, stop } from "../../observed-decide.ts";
import { listen } from "./listener.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

const noticeOf = ({ version, hash }: { version: number; hash: string }) => ({ type: "ruleset", version, hash });

/** Everything but its sockets is forgotten, as the platform does with an object that nobody calls. */
const hibernate = () =>
  harness
    .getWorker("observed-decide")
    .evictDurableObject("RulesetPublisher", { name: here.environment, webSockets: "hibernate" });

describe("the hub", () => {
  it("tells a client the current version when it joins, and each new one after", async () => {
    const first = await publish(rulesetOf());
    const { socket, told, heard } = await listen();
    await heard(1);
    const second = await publish(rulesetOf({ shards: 2 }));
    await heard(2);
    expect(told).toEqual([noticeOf(first), noticeOf(second)]);
    socket.close();
  });

  it("tells of a rollback, and nothing of a publish that changes nothing", async () => {
    await publish(rulesetOf());
    await publish(rulesetOf({ experiments: [] }));
    const { socket, told, heard } = await listen();
    await publish(rulesetOf({ experiments: [] }));
    const made = await order<{ version: number; hash: string }>({
      rollback: { environment: here.environment, version: 1 },
    });
    await heard(2);
    expect(told[1]).toEqual(noticeOf(made));
    socket.close();
  });

  it("reaches everyone after it has hibernated, and answers ping without waking", async () => {
    await publish(rulesetOf());
    const listeners = await Promise.all(Array.from({ length: 50 }, () => listen()));
    await Promise.all(listeners.map(({ heard }) => heard(1)));
    await hibernate();
    const [first] = listeners;
    first?.socket.send("ping");
    await first?.heard(2);
    const { version, hash } = await publish(rulesetOf({ shards: 2 }));
    await Promise.all(listeners.map(({ heard, told }) => heard(told.includes("pong") ? 3 : 2)));
    expect(first?.told[1]).toBe("pong");
    expect(listeners.map(({ told }) => told.at(-1))).toEqual(listeners.map(() => noticeOf({ version, hash })));
    for (const { socket } of listeners) socket.close();
  });

  it("goes on when listeners leave", async () => {
    await publish(rulesetOf());
    const [gone, stays] = await Promise.all([listen(), listen()]);
    await Promise.all([gone.heard(1), stays.heard(1)]);
    gone.socket.close();
    await gone.closed;
    await publish(rulesetOf({ shards: 2 }));
    await stays.heard(2);
    expect(gone.told).toHaveLength(1);
    stays.socket.close();
  });

  it("ignores what clients say, and closes on those that say too much", async () => {
    await publish(rulesetOf());
    const [quiet, loud, long] = await Promise.all([listen(), listen(), listen()]);
    quiet.socket.send("publish!");
    quiet.socket.send(new Uint8Array(16));
    for (let message = 0; message <= 100; message++) loud.socket.send("again");
    long.socket.send("x".repeat(1_025));
    expect(await Promise.all([loud.closed, long.closed])).toEqual([1008, 1009]);
    await publish(rulesetOf({ shards: 2 }));
    await quiet.heard(2);
    expect(quiet.told).toHaveLength(2);
    quiet.socket.close();
  });

  it("is closed to wrong keys, and to server keys in a URL", async () => {
    await publish(rulesetOf());
    await expect(listen("")).rejects.toThrow("refused");
    await expect(listen(`key=${key("nowhere")}`)).rejects.toThrow("refused");
    await expect(listen(`key=${key(here.environment, "server")}`)).rejects.toThrow("refused");
  });

  it("is closed to everyone while nobody can say whether a key is right", async () => {
    await publish(rulesetOf());
    await order({ broken: ["RULES", "PUBLISHER"] });
    await expect(listen(`key=${key(here.environment)}`)).rejects.toThrow("refused");
  });
});
