import type { ApiAddress } from "../../../domain/attach/attachment.ts";

/**
 * A control plane with three APIs, for the adapters to work on: an account of the laptop's, or of
 * another implementation.
 */
export interface AdapterWorld {
  readonly region: string;
  readonly accountId: string;
  /**
   * Has the methods `GET /orders` and `POST /orders` and `GET /orders/{id}`, and the stage `prod`
   */
  readonly rest: ApiAddress;
  /**
   * Has the routes `GET /orders` and `POST /orders`, and the stage `live`, which does not deploy by
   * itself
   */
  readonly http: ApiAddress;
  /** Has the routes `$connect` and `$default`, and the stage `prod` */
  readonly chat: ApiAddress;
  readonly functionArn: string;
  /** Operations that the implementation lacks and that something beside it had to answer */
  readonly complemented: () => readonly string[];
  readonly close: () => Promise<void>;
}
