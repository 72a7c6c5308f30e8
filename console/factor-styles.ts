/** A factor's colours on a light and on a dark background; its name is its class on the page. */
export interface FactorColour {
  readonly name: string;
  readonly colour: { readonly light: string; readonly dark: string };
}

/**
 * The style sheet that gives each factor its colour, as `--factor`. Escapes nothing: names and
 * colours must come from our own code.
 */
export function factorStyles(factors: readonly FactorColour[]): string {
  const rules = (ground: "light" | "dark") =>
    factors.map(({ name, colour }) => `.${name} { --factor: ${colour[ground]}; }`).join("\n");
  return `${rules("light")}\n@media (prefers-color-scheme: dark) {\n${rules("dark")}\n}\n`;
}
