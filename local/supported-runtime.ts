/**
 * Drops the warnings of two libraries about Node 20, which the laptop supports; deployed functions
 * run on Node 24. Import it first: the libraries warn when they load.
 */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const warn = console.warn.bind(console);
console.warn = (...words: unknown[]): void => {
  if (!String(words[0]).includes("oidc-provider WARNING: Unsupported runtime")) warn(...words);
};
