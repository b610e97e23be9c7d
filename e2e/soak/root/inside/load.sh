#!/bin/sh
# Who writes to the root of a desktop: logs, logins, a package manager. Gentle, because everything is emulated.
log() {
  i=0
  while :; do
    i=$((i + 1))
    logger -t load "line $i of somebody who writes to the journal and to syslog"
    sleep 1
  done
}
logins() {
  while :; do
    su -s /bin/sh nobody -c 'echo "$$" > /tmp/of-nobody'
    date >> /var/log/logins-by-hand
    sleep 10
  done
}
packages() {
  base=/var/tmp/package
  mkdir -p $base/DEBIAN $base/opt/churn
  printf 'Package: churn\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: comes and goes\n' > $base/DEBIAN/control
  for n in 1 2 3 4 5 6 7 8; do head -c 20000 /dev/urandom > $base/opt/churn/file-$n; done
  dpkg-deb -b $base /var/tmp/churn.deb > /dev/null
  while :; do
    dpkg -i /var/tmp/churn.deb > /dev/null 2>&1
    sleep 10
    dpkg -P churn > /dev/null 2>&1
    sleep 10
  done
}
log &
logins &
packages &
wait
