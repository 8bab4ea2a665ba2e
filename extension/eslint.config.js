import tseslint from "typescript-eslint";

const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "write"];

export default tseslint.config(
  { ignores: [".output", ".wxt", "eslint.config.js"] },
  tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true } } },
  {
    rules: {
      // Text of pages and servers is never read as markup.
      "no-restricted-properties": ["error", ...markup.map((property) => ({ property }))],
      // What is known of an index or an element is said with `!`; noUncheckedIndexedAccess asks for it.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Reading `lastError` is what tells Chrome that it was noticed.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // Listeners may be asynchronous.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["tests/**"],
    // Tests take answers apart that have no type.
    rules: Object.fromEntries(
      ["argument", "assignment", "call", "member-access", "return"].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        "off",
      ]),
    ),
  },
);
