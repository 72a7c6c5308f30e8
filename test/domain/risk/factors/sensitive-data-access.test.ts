import { access, assessAll } from "../../../support/domain/accesses.ts";

const pointsOf = (...accesses: Parameters<typeof assessAll>[0]) =>
  assessAll(accesses).risk.factors.sensitiveDataAccess;

test.each([
  ["/api/admin", 20],
  ["/api/admin/users", 20],
  ["/api/administration", 20],
  ["/API/Billing", 20],
  ["/api//billing", 20],
  ["/api/%61dmin", 20],
  ["/api/orders/../export", 20],
  ["/api/./export", 20],
  ["/api;v=1/export", 20],
  ["/%2561pi/billing", 20],
  ["/api/users/bulk", 20],
  ["/api/users", 0],
  ["/v1/api/admin", 0],
  ["/api/%zz", 0],
])("path %s: %i points", (path, points) => {
  expect(pointsOf(access({ path }))).toBe(points);
});
