/** What travels on the event bus. */
export const ACCESS_EVENT = {
  source: "sallyport.authorizer",
  /** `detail` is an OCSF 1.8 API Activity object, see domain/event/access-event.ts */
  detailType: "Sallyport Access Decision",
} as const;
