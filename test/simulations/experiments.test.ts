import { expectAgreement } from "./expect-agreement.ts";
import { experiments } from "./experiments.ts";

expectAgreement("whole experiments decide as often as their method says", experiments);
