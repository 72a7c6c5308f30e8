import { completePoints, type UserRisk } from "../../../domain/risk/risk-state.ts";
import { watchRisk } from "../../../local/page/watch-risk.ts";

const anna = { issuer: "https://i", subject: "anna" };
const risk = (score: number): UserRisk => ({ score, factors: completePoints(), updatedAt: 1 });

/** Reads one answer after another, the last one for ever; an Error is a failed look. */
function watching(answers: (UserRisk | undefined | Error)[]) {
  const published: (number | undefined)[] = [];
  let looks = 0;
  const watch = watchRisk({
    read: async () => {
      looks += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onRisk: (_user, seen) => published.push(seen?.score),
  });
  const looked = async (count: number): Promise<void> => {
    while (looks < count) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { watch, published, looked };
}

describe("risk watch", () => {
  it("tells each change once, and that points have worn off", async () => {
    const { watch, published, looked } = watching([risk(10), risk(10), risk(30), undefined]);
    watch.notice(anna);
    await looked(6);
    await watch.close();
    expect(published).toEqual([10, 30, undefined]);
  });

  it("takes a failed look for no news", async () => {
    const { watch, published, looked } = watching([risk(10), new Error("throttled"), risk(10), risk(20)]);
    watch.notice(anna);
    await looked(6);
    await watch.close();
    expect(published).toEqual([10, 20]);
  });

  it("looks only at users it was asked to watch, and ends", async () => {
    const { watch, published } = watching([risk(10)]);
    await watch.close();
    await watch.close();
    expect(published).toEqual([]);
  });
});
