import type { CheckReport } from '../maintenance/finding.ts';
import type { Repository } from '../repository.ts';

/** Reads everything; fails with the findings unless there is nothing wrong. For the end of any test that wrote. */
export async function assertHealthy(repository: Repository): Promise<CheckReport> {
  const report = await repository.check({ readData: true });
  const wrong = report.findings.filter(({ severity }) => severity !== 'info');
  if (wrong.length > 0) throw new Error(`The repository is not healthy:\n${wrong.map(({ text }) => text).join('\n')}`);
  return report;
}
