import type { JSX } from "solid-js";
import { useNavigate } from "../router.ts";

/** The start page is the list of experiments. */
export default function ToExperiments(): JSX.Element {
  useNavigate()("/experiments", { replace: true });
  return undefined;
}
