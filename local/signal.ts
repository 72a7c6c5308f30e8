/** A promise that is settled from outside, once; later calls have no effect. */
export interface Signal<T> {
  readonly promise: Promise<T>;
  readonly settle: (value: T) => void;
}

export function signal<T>(): Signal<T> {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
