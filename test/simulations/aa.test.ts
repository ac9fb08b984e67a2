import { falseAlarms } from "./aa.ts";
import { expectAgreement } from "./expect-agreement.ts";

expectAgreement("tests reject nothing that is not there more often than they say", falseAlarms);
