import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../ui/format/duration.ts';
import classes from './details.module.css';
import type { Barrier, Share } from './facts/member-spans.ts';
import members from './member-holds.module.css';

/** Which place was held when: in the order of the freezes, to one scale, with the time in which all of them were held. */
export function MemberHolds({ barrier }: { readonly barrier: Barrier }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const { together } = barrier;
  return (
    <div className={members.holds}>
      <table>
        <caption className="sp-visually-hidden">{t('members.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('members.place')}</th>
            <th scope="col">{t('members.from')}</th>
            <th scope="col">{t('members.to')}</th>
          </tr>
        </thead>
        {barrier.members.map((member) => (
          <tbody key={member.mountPoint}>
            <tr>
              <th scope="row">
                {member.locations.map((location) => (
                  <div key={location}>{location}</div>
                ))}
                <span className={classes.quiet}>
                  {member.locations.includes(member.mountPoint)
                    ? member.filesystem
                    : t('members.filesystem', { filesystem: member.filesystem, mountPoint: member.mountPoint })}
                </span>
              </th>
              <td>{t('members.after', { duration: formatDuration(member.frozenAfterMs) })}</td>
              <td>{t('members.after', { duration: formatDuration(member.thawedAfterMs) })}</td>
            </tr>
            <tr>
              <td colSpan={3}>
                <div
                  className={members.track}
                  role="img"
                  aria-label={t('members.bar', { duration: formatDuration(member.stallMs) })}
                >
                  {together !== null && <i className={members.together} style={at(together)} />}
                  <i className={members.edge} style={at(member.freezing)} />
                  <i className={members.held} style={at(member.held)} />
                  <i className={members.edge} style={at(member.thawing)} />
                </div>
              </td>
            </tr>
          </tbody>
        ))}
      </table>
      <p className={classes.quiet}>
        {together === null
          ? t('members.notTogether')
          : t('members.together', { duration: formatDuration(together.ms) })}
      </p>
    </div>
  );
}

function at({ from, to }: Share): CSSProperties {
  return { left: `${from * 100}%`, width: `${(to - from) * 100}%` };
}
