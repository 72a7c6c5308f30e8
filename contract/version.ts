/** The product's version, as events and findings state it; a test holds it to package.json. */
export const VERSION = "0.1.0";
