declare module "dynalite" {
  import type { Server } from "node:http";

  /** Milliseconds that tables stay in transitional states */
  function dynalite(options?: {
    readonly createTableMs?: number;
    readonly updateTableMs?: number;
    readonly deleteTableMs?: number;
  }): Server;
  export = dynalite;
}
