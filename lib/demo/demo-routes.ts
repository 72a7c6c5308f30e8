/**
 * The demo API's resources below /api. Each has itself and everything below it, for GET and POST.
 */
export const DEMO_RESOURCES = ["orders", "billing", "admin", "users", "export"] as const;

export const DEMO_METHODS = ["GET", "POST"] as const;
