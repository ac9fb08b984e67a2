import { coverage } from "./coverage.ts";
import { expectAgreement } from "./expect-agreement.ts";

expectAgreement("intervals hold the truth, and tests find it, as often as they say", coverage);
