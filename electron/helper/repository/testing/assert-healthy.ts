import type { CheckReport } from '../maintenance/finding.ts';
import type { Repository } from '../repository.ts';

/**
 * Reads everything; fails with the findings unless there is nothing wrong. For the end of any test that wrote. That there is no
 * snapshot is the test's own doing.
 */
export async function assertHealthy(repository: Repository): Promise<CheckReport> {
  const report = await repository.check({ readData: true });
  const wrong = report.findings.filter(({ severity, code }) => severity !== 'info' && code !== 'snapshots-none');
  if (wrong.length > 0) throw new Error(`The repository is not healthy:\n${wrong.map(({ text }) => text).join('\n')}`);
  return report;
}
