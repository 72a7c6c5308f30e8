import { factorStyles } from "../../console/factor-styles.ts";

test("each factor has its light colour, and its dark one where the reader prefers dark", () => {
  const styles = factorStyles([{ name: "unusualTime", colour: { light: "#111111", dark: "#eeeeee" } }]);
  const [light, dark] = styles.split("@media (prefers-color-scheme: dark)");
  expect(light).toContain(".unusualTime { --factor: #111111; }");
  expect(dark).toContain(".unusualTime { --factor: #eeeeee; }");
});
