import { bandits } from "./bandits.ts";
import { expectAgreement } from "./expect-agreement.ts";

expectAgreement("bandits and stopping by expected loss cost what they should", bandits);
