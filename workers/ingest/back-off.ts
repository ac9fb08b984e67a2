const MAX_DELAY_S = 600;

/** How long to wait before a message comes again: doubled with every attempt, and spread so that they do not come together. */
export const backOff = ({ attempts }: Pick<Message, "attempts">): QueueRetryOptions => ({
  delaySeconds: Math.round(Math.min(MAX_DELAY_S, 2 ** attempts * (1 + Math.random()))),
});
