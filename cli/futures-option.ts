/** `--futures`, which build and run have in common. */
import type { Options } from "yargs";

export const futuresOption: Options = {
  choices: ["allow", "warn", "deny"],
  requiresArg: true,
  default: "allow",
  describe: "Operations that give a Handle: say nothing, warn with a hint, or refuse them",
};
