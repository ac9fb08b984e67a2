/** What names one person or account, as the last word of an attribute's name. */
const WORDS: ReadonlySet<string> = new Set(
  `id uid uuid guid ulid pk email mail phone telephone tel msisdn name username nickname firstname lastname surname fullname
  login handle ip ipv address street customer account user person member subscriber visitor employee staffer contact owner
  patient student guest tenant org organization organisation company workspace sub subject principal session cookie token
  fingerprint ssn iban passport birthday birthdate dob`.split(/\s+/),
);

/** Words that say how something is written and not what it is: `phone_number`, `email_sha256`. */
const QUALIFIERS: ReadonlySet<string> = new Set(["number", "no", "nr", "hash", "hashed", "sha", "md", "lower", "raw"]);

/** The same words where nothing separates them: `userid`, `primaryemail`. */
const RUN_TOGETHER =
  /(?:email|username|userkey|(?:user|customer|account|member|device|visitor|client|company|tenant|org|contact|session)ids?|emailaddress|phonenumber|ipaddress)$/;

const isPersonalWord = (word: string): boolean =>
  WORDS.has(word) ||
  (word.endsWith("s") && WORDS.has(word.slice(0, -1))) ||
  (word.endsWith("es") && WORDS.has(word.slice(0, -2))) ||
  RUN_TOGETHER.test(word);

/**
 * Whether the values of an attribute are likely to name people or accounts, going by the last word of its name: `customer_id`,
 * `user.id`, `userId`, `E-Mail`, `phone_number`, but not `user.plan`. A guess: attributes are called whatever people like.
 */
export const isPersonalAttribute = (name: string): boolean => {
  const words = name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase()
    .split(/[._\-\s:/]+/)
    .map((word) => word.replace(/\d+$/, ""))
    .filter((word) => word !== "");
  const word = words.findLast((each) => !QUALIFIERS.has(each));
  return word !== undefined && isPersonalWord(word);
};
