/** Ports of the authorizer that give each decision the id `id` and let a fault fail the test. */
export const strictPorts = {
  newDecisionId: () => "id",
  onFault: (error: unknown): void => {
    throw error;
  },
};
