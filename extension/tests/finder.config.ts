import { readabilityOnNodes } from "../readability";

/** page/find.ts as one script for the tests in browsers: `rolldown --config tests/finder.config.ts --file FILE`. */
export default {
  input: "page/find.ts",
  output: { format: "iife", name: "sayso" },
  plugins: [readabilityOnNodes()],
};
