import * as fc from "fast-check";

/** Property tests meet the same cases on every machine and in every run; a test may name a seed of its own. */
fc.configureGlobal({ seed: 20_261_121 });
