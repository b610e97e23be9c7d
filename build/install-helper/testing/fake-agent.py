#!/usr/bin/python3
"""An agent of polkit that is asked for one process and says no, writing down every question it was asked.

Arguments: pid, start time and uid of the process, and the file for the questions. Runs as that user.
"""

import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

PATH = '/dev/stillpoint/test/agent'
AUTHORITY = 'org.freedesktop.PolicyKit1'


class Cancelled(dbus.DBusException):
    _dbus_error_name = 'org.freedesktop.PolicyKit1.Error.Cancelled'


class Agent(dbus.service.Object):
    def __init__(self, bus, log):
        self.log = log
        super().__init__(bus, PATH)

    @dbus.service.method(AUTHORITY + '.AuthenticationAgent', in_signature='sssa{ss}saa{sa{sv}}', out_signature='')
    def BeginAuthentication(self, action, _message, _icon, _details, _cookie, _identities):
        with open(self.log, 'a', encoding='utf8') as log:
            log.write(str(action) + '\n')
        raise Cancelled('a test')

    @dbus.service.method(AUTHORITY + '.AuthenticationAgent', in_signature='s', out_signature='')
    def CancelAuthentication(self, _cookie):
        pass


def main():
    pid, start, uid, log = sys.argv[1:]
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SystemBus()
    agent = Agent(bus, log)
    authority = dbus.Interface(
        bus.get_object(AUTHORITY, '/org/freedesktop/PolicyKit1/Authority'), AUTHORITY + '.Authority'
    )
    subject = (
        'unix-process',
        dbus.Dictionary(
            {'pid': dbus.UInt32(int(pid)), 'start-time': dbus.UInt64(int(start)), 'uid': dbus.Int32(int(uid))},
            signature='sv',
        ),
    )
    authority.RegisterAuthenticationAgent(subject, os.environ.get('LANG', 'C'), PATH)
    print('ready', flush=True)
    GLib.MainLoop().run()
    return agent


main()
