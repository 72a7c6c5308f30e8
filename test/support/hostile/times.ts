import { allMust, type HostileCase } from "./hostile-case.ts";
import { AGED, AT, token } from "./world.ts";

/**
 * The house's clock may differ by 5 seconds, the aged issuer's not at all; its tokens count
 * for 300.
 */
const at = (moments: object) => token({ claims: { ...moments } });
const aged = (moments: object) => token({ claims: { iss: AGED, ...moments } });

/**
 * Each boundary from both sides; a moment that is reached is past (RFC 7519 §4.1.4: "on or after
 * which").
 */
export const times: readonly HostileCase[] = [
  ...allMust("token-expired", {
    "exp exactly the leeway ago": () => at({ exp: AT - 5 }),
    "exp an hour ago": () => at({ iat: AT - 7200, exp: AT - 3600 }),
    "exp at 1970": () => at({ iat: 0, exp: 0 }),
    "exp now, without leeway": () => aged({ exp: AT }),
    "exp of -0": () => at({ iat: 0, exp: -0 }),
    "exp before iat": () => at({ iat: AT, exp: AT - 100 }),
    "exp in a far past and nbf in a far future": () => at({ exp: 1, nbf: 9e9 }),
    "exp of a fraction above the boundary": () => at({ exp: AT - 5.001 }),
  }),
  ...allMust("token-not-yet-valid", {
    "nbf a second beyond the leeway": () => at({ nbf: AT + 6 }),
    "nbf a fraction beyond the leeway": () => at({ nbf: AT + 5.001 }),
    "nbf in a hundred years": () => at({ nbf: AT + 3e9, exp: AT + 4e9 }),
    "nbf a second ahead, without leeway": () => aged({ nbf: AT + 1 }),
    "iat a second beyond the leeway": () => at({ iat: AT + 6 }),
    "iat in a hundred years": () => at({ iat: AT + 3e9, exp: AT + 4e9 }),
    "iat a second ahead, without leeway": () => aged({ iat: AT + 1 }),
    "an authentication a second beyond the leeway, for ever fresh": () => at({ auth_time: AT + 6 }),
    "an authentication in a hundred years": () => at({ auth_time: AT + 3e9 }),
  }),
  ...allMust("token-too-old", {
    "a token of exactly the greatest age": () => aged({ iat: AT - 300 }),
    "a token of a year that has not expired": () => aged({ iat: AT - 31e6 }),
    "a token of 1970 that has not expired": () => aged({ iat: 0 }),
  }),
  ...allMust("verified", {
    "exp a second within the leeway": () => at({ exp: AT - 4 }),
    "exp in the next second, without leeway": () => aged({ exp: AT + 1 }),
    "exp in half a second, without leeway": () => aged({ exp: AT + 0.5 }),
    "nbf exactly the leeway ahead": () => at({ nbf: AT + 5 }),
    "nbf now, without leeway": () => aged({ nbf: AT }),
    "iat exactly the leeway ahead": () => at({ iat: AT + 5 }),
    "iat now, without leeway": () => aged({ iat: AT }),
    "a token a second younger than the greatest age": () => aged({ iat: AT - 299 }),
    "an authentication exactly the leeway ahead": () => at({ auth_time: AT + 5 }),
    "a token of a year, where no greatest age is set": () => at({ iat: AT - 31e6 }),
  }),
];
