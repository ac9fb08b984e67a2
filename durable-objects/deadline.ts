/** The promise's outcome if it has one within `deadlineMs`, else a rejection that says who did not answer. */
export const settledWithin = async <Outcome>(
  deadlineMs: number,
  who: string,
  promise: Promise<Outcome>,
): Promise<Outcome> => {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => deadline.reject(new Error(`${who} did not answer in ${deadlineMs} ms.`)), deadlineMs);
  try {
    return await Promise.race([promise, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
};
